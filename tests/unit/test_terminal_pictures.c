/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The review on a terminal that this test plays: what comes out as the pixels of kitty, sixel and iTerm is
 * decoded and looked at, and must not come again where nothing has changed.
 */
#include "tests/unit/test.h"

#include "lib/base/buf.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"

#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define COLUMNS 80
#define ROWS 24
#define CELL_WIDTH 10
#define CELL_HEIGHT 20
#define FIRST_MS 20000 /* for what must come */
#define QUIET_MS 400   /* of silence that end an answer */

static char folder[] = "/tmp/tagsight-test-XXXXXX";

/* A red picture of twice the width of its height, for the first tweet of two. */
static int write_data(void **state)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	char path[64];
	FILE *text;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/1.jpg", folder);
	assert_int_equal(image_alloc(&image, 200, 100, &err), 0);
	for (int i = 0; i < 200 * 100; i++)
		image.rgb[i * 3] = 255;
	assert_int_equal(image_encode_png(&image, path, &err), 0);
	image_release(&image);
	snprintf(path, sizeof(path), "%s/t.txt", folder);
	text = fopen(path, "w");
	assert_non_null(text);
	fputs("IMGID:1\nred\tO\ncloth\tO\n\nIMGID:2\nnone\tO\n\n", text);
	assert_int_equal(fclose(text), 0);
	return 0;
}

static int remove_data(void **state)
{
	static const char *const names[] = { "1.jpg", "t.txt", "t.txt.journal.jsonl" };
	char path[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

struct terminal {
	int fd;
	pid_t process;
	struct buf out;
	const char *answer; /* to the question what the terminal is */
};

static void start(struct terminal *terminal, const char *pictures)
{
	struct winsize size = { ROWS, COLUMNS, COLUMNS * CELL_WIDTH, ROWS * CELL_HEIGHT };
	const char *program = getenv("TAGSIGHT");

	if (!program)
		program = "build/release/tagsight";
	if (access(program, X_OK) != 0) {
		printf("skip: needs the program %s (set TAGSIGHT)\n", program);
		skip();
	}
	buf_init(&terminal->out);
	terminal->process = forkpty(&terminal->fd, NULL, NULL, &size);
	assert_true(terminal->process >= 0);
	if (terminal->process > 0)
		return;
	program = realpath(program, NULL);
	clearenv();
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	if (chdir(folder) == 0)
		execl(program, program, "review", "t.txt", "--images", ".", "--pictures", pictures, NULL);
	_exit(127);
}

static void answer(struct terminal *terminal)
{
	if (terminal->answer && memmem(terminal->out.data, terminal->out.length, "\033[c", 3)) {
		assert_true(write(terminal->fd, terminal->answer, strlen(terminal->answer)) > 0);
		terminal->answer = NULL;
	}
}

/* Read until the text has come, then until all is quiet. */
static void wait_for(struct terminal *terminal, const char *text)
{
	struct pollfd input = { terminal->fd, POLLIN, 0 };
	char bytes[4096];

	for (;;) {
		bool come = memmem(terminal->out.data, terminal->out.length, text, strlen(text)) != NULL;
		ssize_t n;

		if (poll(&input, 1, come ? QUIET_MS : FIRST_MS) <= 0 ||
		    (n = read(terminal->fd, bytes, sizeof(bytes))) <= 0) {
			if (!come)
				fail_msg("no %s in %s", text, terminal->out.data);
			return;
		}
		buf_add(&terminal->out, bytes, (size_t)n);
		answer(terminal);
	}
}

static void press(struct terminal *terminal, const char *keys)
{
	buf_clear(&terminal->out);
	assert_true(write(terminal->fd, keys, strlen(keys)) > 0);
}

static void stop(struct terminal *terminal)
{
	int status;

	press(terminal, "Q");
	wait_for(terminal, "\033[?1049l");
	assert_int_equal(waitpid(terminal->process, &status, 0), terminal->process);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(terminal->fd);
	buf_release(&terminal->out);
}

static size_t count(const struct terminal *terminal, const char *text)
{
	const char *at = terminal->out.data, *end = at + terminal->out.length;
	size_t n = 0;

	while ((at = memmem(at, (size_t)(end - at), text, strlen(text)))) {
		n++;
		at++;
	}
	return n;
}

static void unpack_base64(struct buf *out, const char *text, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	int n = 0;

	for (size_t i = 0; i < length && text[i] != '='; i++) {
		const char *digit = strchr(digits, text[i]);

		assert_non_null(digit);
		bits = bits << 6 | (uint32_t)(digit - digits);
		n += 6;
		if (n >= 8) {
			n -= 8;
			buf_add_char(out, (char)(bits >> n & 255));
		}
	}
}

/* A picture of whole cells, red within what JPEG and a palette of 256 colours do to it. */
static void assert_red(const struct buf *file)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(image_decode(&image, file->data, file->length, NULL, NULL, &err), 0);
	assert_int_equal(image.width, 32 * CELL_WIDTH);
	assert_int_equal(image.height, 8 * CELL_HEIGHT);
	for (int i = 0; i < image.width * image.height; i++)
		assert_true(image.rgb[i * 3] > 240 && image.rgb[i * 3 + 1] < 16);
	image_release(&image);
}

static void unpack_kitty(const struct terminal *terminal, struct buf *file)
{
	const char *at = terminal->out.data;
	struct buf text = BUF_INIT;

	while ((at = strstr(at, "\033_G"))) {
		const char *data = strchr(at, ';'), *end = strstr(at, "\033\\");

		assert_non_null(end);
		if (data && data < end)
			buf_add(&text, data + 1, (size_t)(end - data - 1));
		at = end;
	}
	unpack_base64(file, text.data, text.length);
	buf_release(&text);
}

static void test_kitty(void **state)
{
	struct terminal terminal = { .answer = NULL };
	struct buf file = BUF_INIT;

	(void)state;
	start(&terminal, "kitty");
	wait_for(&terminal, "DFS");
	assert_int_equal(count(&terminal, "\033_G"), 0);
	press(&terminal, "\r");
	wait_for(&terminal, "\033_Ga=T,f=100,i=7741,c=32,r=8,C=1,q=2,");
	unpack_kitty(&terminal, &file);
	assert_red(&file);
	press(&terminal, "\033[C");
	wait_for(&terminal, "cloth");
	assert_int_equal(count(&terminal, "\033_G"), 0);
	press(&terminal, "\014");
	wait_for(&terminal, "\033_Ga=T");
	press(&terminal, "]");
	wait_for(&terminal, "\033_Ga=d,d=I,i=7741,q=2\033\\");
	assert_int_equal(count(&terminal, "\033_G"), 1);
	press(&terminal, "[");
	wait_for(&terminal, "\033_Ga=T");
	stop(&terminal);
	buf_release(&file);
}

static void test_iterm(void **state)
{
	static const char head[] = "\033]1337;File=inline=1;width=32;height=8;preserveAspectRatio=0;"
				   "doNotMoveCursor=1:";
	struct terminal terminal = { .answer = NULL };
	struct buf file = BUF_INIT;
	const char *data, *end;

	(void)state;
	start(&terminal, "iterm");
	wait_for(&terminal, "DFS");
	press(&terminal, "\r");
	wait_for(&terminal, head);
	data = strstr(terminal.out.data, head) + strlen(head);
	end = strchr(data, '\a');
	assert_non_null(end);
	unpack_base64(&file, data, (size_t)(end - data));
	assert_red(&file);
	press(&terminal, "v");
	wait_for(&terminal, "marked");
	assert_int_equal(count(&terminal, "\033]1337"), 0);
	stop(&terminal);
	buf_release(&file);
}

/* Count the pixels of red in a sixel picture, and all. */
static void read_sixels(const char *at, long *red, long *all)
{
	bool is_red[256] = { false };
	int color = 0;

	*red = *all = 0;
	for (at = strchr(at, 'q') + 1; *at && *at != '\033';) {
		char *end = (char *)at + 1;
		long times = 1;

		if (*at == '#') {
			long numbers[5] = { 0 };
			int n = 0;

			do
				numbers[n++] = strtol(end, &end, 10);
			while (*end == ';' && n < 5 && end++);
			color = (int)numbers[0];
			assert_in_range(color, 0, 255);
			if (n == 5)
				is_red[color] = numbers[2] > 90 && numbers[3] < 10 && numbers[4] < 10;
		} else if (*at == '!') {
			times = strtol(at + 1, &end, 10);
			at = end++;
		}
		if (*at >= '?' && *at <= '~') {
			int bits = __builtin_popcount((unsigned)(*at - '?'));

			*all += times * bits;
			*red += is_red[color] ? times * bits : 0;
		}
		at = end;
		while (*at == ';' || (*at >= '0' && *at <= '9'))
			at++;
	}
}

/* Nothing but its answer says that this terminal knows sixel. */
static void test_sixel(void **state)
{
	struct terminal terminal = { .answer = "\033[?62;1;4;22c" };
	long red, all;

	(void)state;
	start(&terminal, "auto");
	wait_for(&terminal, "DFS");
	press(&terminal, "\r");
	wait_for(&terminal, "\033P");
	read_sixels(strstr(terminal.out.data, "\033P"), &red, &all);
	/* Sixels come six rows at a time. */
	assert_in_range(all, 32 * CELL_WIDTH * (8 * CELL_HEIGHT - 5), 32 * CELL_WIDTH * 8 * CELL_HEIGHT);
	assert_true(red > all * 98 / 100);
	press(&terminal, "v");
	wait_for(&terminal, "marked");
	assert_int_equal(count(&terminal, "\033P"), 0);
	stop(&terminal);
}

/* One that knows none is given symbols, and its answer is not taken for keys. */
static void test_symbols(void **state)
{
	struct terminal terminal = { .answer = "\033[6;20;10t\033[?1;2c" };

	(void)state;
	start(&terminal, "auto");
	wait_for(&terminal, "DFS");
	press(&terminal, "\r");
	wait_for(&terminal, "IMGID:1");
	assert_int_equal(count(&terminal, "\033P") + count(&terminal, "\033_G"), 0);
	assert_int_equal(count(&terminal, "tagged"), 0);
	stop(&terminal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kitty),
		cmocka_unit_test(test_iterm),
		cmocka_unit_test(test_sixel),
		cmocka_unit_test(test_symbols),
	};

	return cmocka_run_group_tests(tests, write_data, remove_data);
}
