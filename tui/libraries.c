/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/tui.h"

#include <chafa.h>
#include <curses.h>

const char *tui_libraries(void)
{
	static char text[128];

	snprintf(text, sizeof(text), "%s, chafa %d.%d.%d", curses_version(), CHAFA_MAJOR_VERSION,
		 CHAFA_MINOR_VERSION, CHAFA_MICRO_VERSION);
	return text;
}
