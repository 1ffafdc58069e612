/* SPDX-License-Identifier: Apache-2.0 */
/* A file of keys; what is taken must come out of its own print again. */
#include "tui/keymap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct keymap map, again;
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;

	keymap_init(&map);
	again = map;
	if (keymap_parse(&map, (const char *)data, size, "keys", &err) == 0) {
		keymap_print(&text, &map);
		if (keymap_parse(&again, text.data, text.length, "print", &err) < 0 ||
		    memcmp(&map, &again, sizeof(map)) != 0)
			abort();
	} else if (err.kind != ERR_USAGE || err.line == 0) {
		abort();
	}
	buf_clear(&text);
	keymap_expand(&text, &map, "{undo} undo  {none}  { {quit");
	buf_release(&text);
	return 0;
}
