/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/graphics_priv.h"

#include <chafa.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_MS 1000
#define SYMBOL_WIDTH 8 /* pixels of a cell that symbols are chosen by */
#define SYMBOL_HEIGHT 16
#define CELL_WIDTH 10 /* where nobody tells */
#define CELL_HEIGHT 20
#define CELL_MOST 100

/* Numbers of a sequence, apart by semicolons, after its first bytes. */
static int read_numbers(const char *text, const char *end, int *numbers, int most)
{
	int n = 0;

	while (n < most && text < end) {
		numbers[n++] = (int)strtol(text, NULL, 10);
		while (text < end && *text++ != ';')
			;
	}
	return n;
}

/* One sequence, from after "ESC [" to its last letter. */
static bool take_sequence(struct terminal_answer *answer, const char *text, const char *end)
{
	int numbers[32], n;

	if (*text == '?' && *end == 'c') {
		n = read_numbers(text + 1, end, numbers, 32);
		for (int i = 1; i < n; i++)
			if (numbers[i] == 4)
				answer->sixel = true;
		return true;
	}
	if (*end == 't' && read_numbers(text, end, numbers, 3) == 3 && numbers[0] == 6 &&
	    numbers[1] > 0 && numbers[1] <= CELL_MOST && numbers[2] > 0 && numbers[2] <= CELL_MOST) {
		answer->cell_height = numbers[1];
		answer->cell_width = numbers[2];
	}
	return false;
}

bool terminal_answer_read(struct terminal_answer *answer, const char *bytes, size_t length)
{
	for (size_t i = 0; i + 2 < length; i++) {
		size_t end = i + 2;

		if (bytes[i] != 27 || bytes[i + 1] != '[')
			continue;
		while (end < length && (bytes[end] < '@' || bytes[end] > '~'))
			end++;
		if (end < length && take_sequence(answer, bytes + i + 2, bytes + end))
			return true;
	}
	return false;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void terminal_ask(struct terminal_answer *answer)
{
	static const char questions[] = "\033[16t\033[c"; /* the last one every terminal answers */
	int64_t end = now_ms() + ANSWER_MS;
	struct termios before, raw;
	char bytes[512];
	size_t length = 0;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return;
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	if (write(STDOUT_FILENO, questions, sizeof(questions) - 1) == (ssize_t)sizeof(questions) - 1)
		while (length < sizeof(bytes) && !terminal_answer_read(answer, bytes, length)) {
			struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
			int64_t left = end - now_ms();
			ssize_t n;

			if (left <= 0 || poll(&input, 1, (int)left) <= 0)
				break;
			n = read(STDIN_FILENO, bytes + length, sizeof(bytes) - length);
			if (n <= 0)
				break;
			length += (size_t)n;
		}
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

/* tmux and screen keep what they do not know from the terminal around them. */
static bool is_multiplexed(void)
{
	const char *term = getenv("TERM");

	return getenv("TMUX") || getenv("STY") ||
	       (term && (strncmp(term, "tmux", 4) == 0 || strncmp(term, "screen", 6) == 0));
}

static bool has_true_color(void)
{
	const char *color = getenv("COLORTERM");

	return MB_CUR_MAX > 1 && color && (strcmp(color, "truecolor") == 0 || strcmp(color, "24bit") == 0);
}

/* The way that the environment tells of. */
static enum graphics_way known_way(void)
{
	gchar **environment = g_get_environ();
	ChafaTermInfo *terminal = chafa_term_db_detect(chafa_term_db_get_default(), environment);
	const char *term = getenv("TERM");
	enum graphics_way way = GRAPHICS_CURSES;

	if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_KITTY_IMMEDIATE_IMAGE_V1) ||
	    (term && strcmp(term, "xterm-ghostty") == 0))
		way = GRAPHICS_KITTY;
	else if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_ITERM2_IMAGE))
		way = GRAPHICS_ITERM;
	else if (chafa_term_info_have_seq(terminal, CHAFA_TERM_SEQ_BEGIN_SIXELS))
		way = GRAPHICS_SIXEL;
	chafa_term_info_unref(terminal);
	g_strfreev(environment);
	return way;
}

static enum graphics_way way_from_name(const char *name)
{
	static const struct {
		const char *name;
		enum graphics_way way;
	} ways[] = { { "kitty", GRAPHICS_KITTY }, { "sixel", GRAPHICS_SIXEL },
		     { "iterm", GRAPHICS_ITERM }, { "none", GRAPHICS_NONE } };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(name, ways[i].name) == 0)
			return ways[i].way;
	return GRAPHICS_CURSES;
}

bool terminal_measure(int *cell_width, int *cell_height)
{
	struct winsize size;
	int width, height;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || !size.ws_col || !size.ws_row)
		return false;
	width = size.ws_xpixel / size.ws_col;
	height = size.ws_ypixel / size.ws_row;
	if (width < 2 || height < 2 || width > CELL_MOST || height > CELL_MOST)
		return false;
	*cell_width = width;
	*cell_height = height;
	return true;
}

static bool may_be_asked(void)
{
	const char *term = getenv("TERM");

	return term && strncmp(term, "xterm", 5) == 0 && !is_multiplexed();
}

void graphics_init(struct graphics *graphics, const char *pictures, bool color)
{
	struct terminal_answer answer = { false, 0, 0 };
	bool automatic = strcmp(pictures, "auto") == 0, measured;

	memset(graphics, 0, sizeof(*graphics));
	graphics->way = way_from_name(pictures);
	measured = terminal_measure(&graphics->cell_width, &graphics->cell_height);
	if (automatic && color && !is_multiplexed())
		graphics->way = known_way();
	if (may_be_asked() && ((automatic && color && graphics->way == GRAPHICS_CURSES) ||
			       (graphics_has_pixels(graphics) && !measured)))
		terminal_ask(&answer);
	if (automatic && graphics->way == GRAPHICS_CURSES && answer.sixel)
		graphics->way = GRAPHICS_SIXEL;
	if (graphics->way == GRAPHICS_CURSES && color && has_true_color())
		graphics->way = GRAPHICS_DIRECT;
	if (!graphics_has_pixels(graphics)) {
		graphics->cell_width = SYMBOL_WIDTH;
		graphics->cell_height = SYMBOL_HEIGHT;
	} else if (!measured) {
		graphics->cell_width = answer.cell_width ? answer.cell_width : CELL_WIDTH;
		graphics->cell_height = answer.cell_height ? answer.cell_height : CELL_HEIGHT;
	}
}
