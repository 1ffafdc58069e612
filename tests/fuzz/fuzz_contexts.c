/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/contexts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is a side file; every text that was read is there. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	struct contexts contexts;
	struct err err = ERR_INIT;
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (contexts_read(&contexts, path, &err) == 0) {
		for (size_t i = 0; i < contexts.names.n; i++) {
			const struct context_list *list = &contexts.lists[i];

			for (size_t k = 0; k < list->n; k++)
				if (!list->texts[k])
					abort();
		}
		contexts_release(&contexts);
	}
	close(fd);
	return 0;
}
