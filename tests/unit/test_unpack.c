/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/str_list.h"
#include "preprocess/unpack.h"
#include "preprocess/unpack_name.h"
#include "tests/unit/archive_maker.h"

#include <sys/stat.h>

#define TAGS "IMGID:1\nGlenda\tB-PER\nwaves\tO\n\n"
#define RELATION "{'token': ['a', 'b'], 'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', 'pos': [1, 2]}, 'img_id': '1.jpg', 'relation': 'None'}\n"

/* A folder with `outside/` that nobody may touch and `target/` to unpack into. */
struct sandbox {
	char root[64];
	char target[96];
	char archive[128];
	struct unpack_options options;
	struct unpack_report report;
	struct err err;
};

static void write_file(const struct sandbox *box, const char *name, const char *text)
{
	struct err err = ERR_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", box->root, name);
	assert_int_equal(file_make_parents(path, &err), 0);
	assert_int_equal(file_write_all(path, text, strlen(text), &err), 0);
}

static void open_box(struct sandbox *box)
{
	static const struct unpack_options defaults = UNPACK_OPTIONS_INIT;

	memset(box, 0, sizeof(*box));
	snprintf(box->root, sizeof(box->root), "/tmp/tagsight-unpack-XXXXXX");
	assert_non_null(mkdtemp(box->root));
	snprintf(box->target, sizeof(box->target), "%s/target", box->root);
	box->options = defaults;
	box->options.target = box->target;
	unpack_report_init(&box->report);
	write_file(box, "outside/secret", "secret");
}

/* Name the archive of the box by its file name. */
static const char *archive_path(struct sandbox *box, const char *name)
{
	snprintf(box->archive, sizeof(box->archive), "%s/%s", box->root, name);
	return box->archive;
}

static int unpack_with(struct sandbox *box, struct progress *progress)
{
	const char *archives[] = { box->archive };

	unpack_report_release(&box->report);
	return unpack_run(&box->options, archives, 1, &box->report, progress, &box->err);
}

static void unpack(struct sandbox *box)
{
	if (unpack_with(box, NULL) < 0)
		fail_msg("%s", box->err.text);
}

/* The content below the target, or NULL. Lives until the next call. */
static const char *content(const struct sandbox *box, const char *path)
{
	static char text[4096];
	struct buf buf = BUF_INIT;
	struct err err = ERR_INIT;
	char full[512];

	snprintf(full, sizeof(full), "%s/%s", box->target, path);
	if (!file_exists(full))
		return NULL;
	assert_int_equal(file_read_all(full, &buf, sizeof(text) - 1, &err), 0);
	memcpy(text, buf.data, buf.length + 1);
	buf_release(&buf);
	return text;
}

/* The reason why the first refused member was, "" when none was. */
static const char *refusal(const struct sandbox *box)
{
	for (size_t i = 0; i < box->report.n_entries; i++)
		if (box->report.entries[i].action == UNPACK_REFUSE)
			return box->report.entries[i].reason;
	return "";
}

static void assert_refused(const struct sandbox *box, size_t n, const char *reason)
{
	assert_int_equal(box->report.refused, n);
	if (!strstr(refusal(box), reason))
		fail_msg("refused because '%s', not '%s'", refusal(box), reason);
}

/* Nothing but the archives and the secret lies outside the target; no link and no stage in it. */
static void assert_untouched(const struct sandbox *box)
{
	struct str_list files = STR_LIST_INIT;
	struct err err = ERR_INIT;
	char command[256];
	size_t outside = 0;

	assert_int_equal(file_walk(box->root, &files, 1000, &err), 0);
	for (size_t i = 0; i < files.n; i++) {
		if (strncmp(files.items[i], "outside/", 8) == 0)
			outside++;
		else if (strncmp(files.items[i], "target/", 7) != 0)
			assert_non_null(strstr(file_base_name(box->archive), files.items[i]));
		assert_null(strstr(files.items[i], "tagsight/unpack/"));
	}
	assert_int_equal(outside, 1);
	str_list_release(&files);
	snprintf(command, sizeof(command), "grep -qx secret %s/outside/secret", box->root);
	assert_int_equal(system(command), 0);
}

static void close_box(struct sandbox *box)
{
	char command[128];

	unpack_report_release(&box->report);
	snprintf(command, sizeof(command), "rm -r %s", box->root);
	assert_int_equal(system(command), 0);
}

static void test_release_in_every_format(void **state)
{
	static const char *const names[] = { "r.tar", "r.tar.gz", "r.zip", "r.7z" };
	static const struct item items[] = {
		{ "any/twitter2015/train.txt", AE_IFREG, TAGS, 0 },
		{ "any/twitter2015/dev.txt", AE_IFREG, TAGS, 0 },
		{ "any/twitter2015/twitter2015_val_dict.pth", AE_IFREG, "dict", 0 },
		{ "any/twitter2015_images/1.jpg", AE_IFREG, "picture", 0 },
		{ "any/twitter2015_aux_images/val/crops/1_pred_yolo_crop_0.png", AE_IFREG, "crop", 0 },
		{ "any/mre/txt/ours_val.txt", AE_IFREG, RELATION, 0 },
		{ "any/mre/txt/mre_dev_dict.pth", AE_IFREG, "dict", 0 },
		{ "any/mre/img_org/val/1.jpg", AE_IFREG, "picture", 0 },
		{ "any/mre/ours_rel2id.json", AE_IFREG, "{}", 0 },
		{ "any/__MACOSX/x", AE_IFREG, "x", 0 },
		{ "any/README.md", AE_IFREG, "read me", 0 },
		{ NULL, 0, NULL, 0 }
	};
	static const char *const wanted[] = {
		"NER_data/twitter2015/train.txt", "NER_data/twitter2015/valid.txt",
		"NER_data/twitter2015/twitter2015_val_dict.pth", "NER_data/twitter2015_images/1.jpg",
		"NER_data/twitter2015_aux_images/val/crops/1_pred_yolo_crop_0.png",
		"RE_data/txt/ours_val.txt", "RE_data/txt/mre_dev_dict.pth",
		"RE_data/img_org/val/1.jpg", "RE_data/ours_rel2id.json", "other/any/README.md"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct sandbox box;

		open_box(&box);
		make_archive(archive_path(&box, names[i]), items);
		unpack(&box);
		assert_int_equal(box.report.written, 10);
		assert_int_equal(box.report.ignored, 1);
		assert_int_equal(box.report.refused, 0);
		for (size_t j = 0; j < sizeof(wanted) / sizeof(*wanted); j++)
			assert_non_null(content(&box, wanted[j]));
		assert_string_equal(content(&box, "NER_data/twitter2015/valid.txt"), TAGS);
		unpack(&box);
		assert_int_equal(box.report.kept, 10);
		assert_int_equal(box.report.written, 0);
		assert_untouched(&box);
		close_box(&box);
	}
}

static void test_gmner_and_plain(void **state)
{
	static const struct item items[] = { { "t/txt/dev.txt", AE_IFREG, TAGS, 0 },
					     { "t/xml/1.xml", AE_IFREG, "<a/>", 0 },
					     { "t/notes.xml", AE_IFREG, "<a/>", 0 },
					     { NULL, 0, NULL, 0 } };
	static const struct item plain[] = { { "tweets.bio", AE_IFREG, TAGS, 0 },
					     { "pics/1.png", AE_IFREG, "picture", 0 },
					     { "pics/2.JPG", AE_IFREG, "picture 2", 0 },
					     { "pics/3.jpeg", AE_IFREG, "picture 3", 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "g.tar"), items);
	unpack(&box);
	assert_non_null(content(&box, "NER_data/t/valid.txt"));
	assert_non_null(content(&box, "NER_data/t_xml/1.xml"));
	assert_non_null(content(&box, "other/t/notes.xml"));
	make_archive(archive_path(&box, "mine.zip"), plain);
	unpack(&box);
	assert_non_null(content(&box, "NER_data/mine/train.txt"));
	assert_non_null(content(&box, "NER_data/mine_images/1.png"));
	assert_non_null(content(&box, "NER_data/mine_images/2.jpg"));
	assert_non_null(content(&box, "NER_data/mine_images/3.jpg"));
	close_box(&box);
}

static void test_names_that_escape(void **state)
{
	static const char *const names[] = { "../evil", "a/../../evil", "/tmp/evil", "..\\evil",
					     "C:\\evil", "a/..", "//evil" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct item items[] = { { names[i], AE_IFREG, "evil", 0 },
					      { "s/train.txt", AE_IFREG, TAGS, 0 },
					      { NULL, 0, NULL, 0 } };
		struct sandbox box;

		open_box(&box);
		make_archive(archive_path(&box, "x.tar"), items);
		unpack(&box);
		assert_refused(&box, 1, "its path");
		assert_non_null(content(&box, "NER_data/s/train.txt"));
		assert_untouched(&box);
		close_box(&box);
	}
}

static void test_odd_names_are_made_printable(void **state)
{
	static const struct item items[] = { { "a\nb\x1b[2J", AE_IFREG, "1", 0 },
					     { "\xff\xfe.txt", AE_IFREG, "2", 0 },
					     { "./x//y/./caf\xc3\xa9", AE_IFREG, "3", 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	box.options.keep_layout = true;
	make_archive(archive_path(&box, "x.tar"), items);
	unpack(&box);
	assert_string_equal(content(&box, "a%0Ab%1B[2J"), "1");
	assert_string_equal(content(&box, "%FF%FE.txt"), "2");
	assert_string_equal(content(&box, "x/y/caf\xc3\xa9"), "3");
	close_box(&box);
}

/* Tests run in the C locale, in which libarchive cannot name these files by itself. */
static void test_names_beyond_the_locale(void **state)
{
	static const char *const names[] = { "x.7z", "x.zip", "x.tar" };
	static const struct item items[] = { { "\xc3\x9c/caf\xc3\xa9\xf0\x9f\x9a\x80", AE_IFREG, "1", 0 },
					     { NULL, 0, NULL, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct sandbox box;

		open_box(&box);
		box.options.keep_layout = true;
		make_archive(archive_path(&box, names[i]), items);
		unpack(&box);
		assert_string_equal(content(&box, items[0].path), "1");
		close_box(&box);
	}
}

static void test_links(void **state)
{
	static const struct item items[] = {
		{ "s/train.txt", AE_IFREG, TAGS, 0 },
		{ "s_images/1.jpg", AE_IFREG, "picture", 0 },
		{ "s_images/2.jpg", 0, "s_images/1.jpg", 0 },
		{ "s_images/3.jpg", AE_IFLNK, "../s_images/1.jpg", 0 },
		{ "s_images/4.jpg", AE_IFLNK, "3.jpg", 0 },
		{ "s_images/5.jpg", AE_IFLNK, "../../outside/secret", 0 },
		{ "s_images/6.jpg", 0, "/etc/passwd", 0 },
		{ "s_images/7.jpg", AE_IFLNK, "/etc/passwd", 0 },
		{ "s_images/8.jpg", AE_IFLNK, "8.jpg", 0 },
		{ "s_images/9.jpg", 0, "../outside/secret", 0 },
		{ "door", AE_IFLNK, "../outside", 0 },
		{ "door/evil", AE_IFREG, "evil", 0 },
		{ NULL, 0, NULL, 0 }
	};
	struct stat st;
	struct sandbox box;
	char path[160];

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "x.tar"), items);
	unpack(&box);
	assert_refused(&box, 6, "it is a link that leaves the archive");
	assert_string_equal(content(&box, "NER_data/s_images/2.jpg"), "picture");
	assert_string_equal(content(&box, "NER_data/s_images/3.jpg"), "picture");
	assert_string_equal(content(&box, "NER_data/s_images/4.jpg"), "picture");
	snprintf(path, sizeof(path), "%s/NER_data/s_images/3.jpg", box.target);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_nlink, 1);
	assert_int_equal(st.st_mode & 07111, 0);
	assert_string_equal(content(&box, "other/x/door/evil"), "evil");
	assert_untouched(&box);
	close_box(&box);
}

static void test_devices(void **state)
{
	static const struct item items[] = { { "s/disk", AE_IFBLK, NULL, 0 },
					     { "s/null", AE_IFCHR, NULL, 0 },
					     { "s/pipe", AE_IFIFO, NULL, 0 },
					     { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "x.tar"), items);
	unpack(&box);
	assert_refused(&box, 3, "device");
	assert_non_null(content(&box, "NER_data/s/train.txt"));
	assert_untouched(&box);
	close_box(&box);
}

static void test_bombs(void **state)
{
	static const struct item items[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { "s/a", AE_IFREG, NULL, 120 << 20 },
					     { "s/b", AE_IFREG, "b", 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "x.tar.gz"), items);
	unpack(&box);
	assert_refused(&box, 1, "--max-ratio");
	assert_non_null(content(&box, "NER_data/s/train.txt"));
	assert_null(content(&box, "other/s/a"));
	box.options.max_bytes = 1000;
	unpack(&box);
	assert_refused(&box, 1, "--max-bytes");
	box.options.max_bytes = 1 << 20;
	box.options.max_files = 1;
	unpack(&box);
	assert_refused(&box, 1, "--max-files");
	assert_int_equal(box.report.kept, 1);
	assert_untouched(&box);
	close_box(&box);
}

/* Many links to one large file would be many copies. */
static void test_links_count_as_bytes(void **state)
{
	static const struct item items[] = { { "a", AE_IFREG, NULL, 600000 },
					     { "b", 0, "a", 0 },
					     { "c", 0, "a", 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	box.options.max_bytes = 1500000;
	make_archive(archive_path(&box, "x.tar"), items);
	unpack(&box);
	assert_refused(&box, 1, "--max-bytes");
	close_box(&box);
}

static void test_broken_archives(void **state)
{
	static const struct item items[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { "s/big.txt", AE_IFREG, NULL, 50000 },
					     { NULL, 0, NULL, 0 } };
	static const struct item none[] = { { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "x.tar"), items);
	assert_int_equal(truncate(box.archive, 20000), 0);
	unpack(&box);
	assert_refused(&box, 1, "cannot be read");
	assert_non_null(content(&box, "NER_data/s/train.txt"));
	make_archive(archive_path(&box, "y.tar"), none);
	unpack(&box);
	assert_refused(&box, 1, "empty");
	write_file(&box, "z.zip", "");
	archive_path(&box, "z.zip");
	unpack(&box);
	assert_refused(&box, 1, "empty");
	write_file(&box, "w.zip", "<html>not found</html>");
	archive_path(&box, "w.zip");
	unpack(&box);
	assert_refused(&box, 1, "not an archive");
	archive_path(&box, "missing.zip");
	assert_int_equal(unpack_with(&box, NULL), -1);
	assert_int_equal(box.err.kind, ERR_SYSTEM);
	archive_path(&box, "outside");
	assert_int_equal(unpack_with(&box, NULL), -1);
	assert_int_equal(box.err.kind, ERR_USAGE);
	close_box(&box);
}

static void test_encrypted(void **state)
{
	static const struct item items[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	make_archive_with(archive_path(&box, "x.zip"), items, "password");
	unpack(&box);
	assert_refused(&box, 1, "encrypted");
	assert_untouched(&box);
	close_box(&box);
}

/* inner.tar holds a text and deep.zip; outer.zip holds inner.tar. */
static void test_nested(void **state)
{
	static const struct item deep[] = { { "deep/valid.txt", AE_IFREG, TAGS, 0 },
					    { "../evil", AE_IFREG, "evil", 0 },
					    { NULL, 0, NULL, 0 } };
	static const struct item items[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
				     { "../evil", AE_IFREG, "evil", 0 },
				     { NULL, 0, NULL, 0 } };
	struct sandbox box;
	char command[600];

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "deep.zip"), deep);
	make_archive(archive_path(&box, "inner.tar"), items);
	snprintf(command, sizeof(command),
		 "cd %s && bsdtar -rf inner.tar deep.zip && bsdtar --format zip -cf outer.zip inner.tar "
		 "&& rm inner.tar deep.zip", box.root);
	assert_int_equal(system(command), 0);
	archive_path(&box, "outer.zip");
	unpack(&box);
	assert_refused(&box, 1, "..");
	assert_non_null(content(&box, "NER_data/s/train.txt"));
	assert_non_null(content(&box, "other/inner/deep.zip"));
	assert_null(content(&box, "other/inner.tar"));
	assert_string_equal(box.report.entries[0].archive, "outer.zip: inner.tar");
	assert_untouched(&box);
	close_box(&box);
}

static void test_duplicates_and_clashes(void **state)
{
	static const struct item items[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { "s/train.txt", AE_IFREG, "second", 0 },
					     { "s/file", AE_IFREG, "file", 0 },
					     { "s/file/below", AE_IFREG, "below", 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "x.tar"), items);
	unpack(&box);
	assert_refused(&box, 2, "another member of that name");
	assert_string_equal(content(&box, "NER_data/s/train.txt"), TAGS);
	assert_string_equal(content(&box, "other/s/file"), "file");
	assert_untouched(&box);
	close_box(&box);
}

/* What the user changed stays; what only the archive changed is replaced. */
static void test_existing_files(void **state)
{
	static const struct item first[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { NULL, 0, NULL, 0 } };
	static const struct item second[] = { { "s/train.txt", AE_IFREG, TAGS TAGS, 0 },
					      { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "x.tar"), first);
	unpack(&box);
	make_archive(box.archive, second);
	unpack(&box);
	assert_int_equal(box.report.written, 1);
	assert_string_equal(content(&box, "NER_data/s/train.txt"), TAGS TAGS);
	write_file(&box, "target/NER_data/s/train.txt", "edited");
	unpack(&box);
	assert_refused(&box, 1, "other content");
	assert_string_equal(content(&box, "NER_data/s/train.txt"), "edited");
	box.options.overwrite = true;
	unpack(&box);
	assert_string_equal(content(&box, "NER_data/s/train.txt"), TAGS TAGS);
	assert_untouched(&box);
	close_box(&box);
}

/* Links that lie in the target beforehand are neither followed nor replaced. */
static void test_hostile_target(void **state)
{
	static const struct item items[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { "s_images/secret.jpg", AE_IFREG, "evil", 0 },
					     { "readme", AE_IFREG, "evil", 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;
	char command[600];

	(void)state;
	open_box(&box);
	make_archive(archive_path(&box, "x.tar"), items);
	snprintf(command, sizeof(command),
		 "mkdir -p %s/other/x %s/NER_data && ln -s ../../outside %s/NER_data/s_images && "
		 "ln -s ../../../outside/secret %s/other/x/readme",
		 box.target, box.target, box.target, box.target);
	assert_int_equal(system(command), 0);
	unpack(&box);
	assert_refused(&box, 2, "in its way");
	assert_non_null(content(&box, "NER_data/s/train.txt"));
	assert_untouched(&box);
	snprintf(command, sizeof(command), "rm -r %s/tagsight && ln -s ../outside %s/tagsight",
		 box.target, box.target);
	assert_int_equal(system(command), 0);
	assert_int_equal(unpack_with(&box, NULL), -1);
	assert_int_equal(box.err.kind, ERR_SYSTEM);
	assert_untouched(&box);
	close_box(&box);
}

static int stop_after;

static bool stop_soon(struct progress *progress)
{
	(void)progress;
	return stop_after-- <= 0;
}

static void ignore_begin(struct progress *progress, const char *what, const char *unit)
{
	(void)progress, (void)what, (void)unit;
}

static void ignore(struct progress *progress)
{
	(void)progress;
}

static void ignore_note(struct progress *progress, const char *text)
{
	(void)progress, (void)text;
}

static void test_interrupted_run_goes_on(void **state)
{
	struct progress progress = { ignore_begin, ignore, ignore, ignore_note, stop_soon, 0, 0, 0 };
	struct item items[22] = { { "s/train.txt", AE_IFREG, TAGS, 0 } };
	char names[20][32];
	struct sandbox box;
	int runs = 0;

	(void)state;
	for (int i = 0; i < 20; i++) {
		snprintf(names[i], sizeof(names[i]), "s_images/%d.jpg", i);
		items[i + 1] = (struct item){ names[i], AE_IFREG, NULL, 100000 };
	}
	open_box(&box);
	make_archive(archive_path(&box, "x.tar.gz"), items);
	for (;; runs++) {
		stop_after = 30;
		if (unpack_with(&box, &progress) == 0)
			break;
		assert_int_equal(box.err.kind, ERR_STOPPED);
		assert_null(content(&box, "NER_data/s/train.txt"));
		assert_true(runs < 20);
	}
	assert_true(runs > 0);
	assert_int_equal(box.report.written, 21);
	assert_untouched(&box);
	close_box(&box);
}

static void test_list_writes_nothing(void **state)
{
	static const struct item items[] = { { "s/train.txt", AE_IFREG, TAGS, 0 },
					     { "s_images/1.jpg", AE_IFREG, "picture", 0 },
					     { "../evil", AE_IFREG, "evil", 0 },
					     { NULL, 0, NULL, 0 } };
	struct sandbox box;

	(void)state;
	open_box(&box);
	box.options.list = true;
	make_archive(archive_path(&box, "x.zip"), items);
	unpack(&box);
	assert_int_equal(box.report.written, 2);
	assert_int_equal(box.report.refused, 1);
	assert_string_equal(box.report.entries[1].path, "NER_data/s_images/1.jpg");
	assert_int_equal(box.report.entries[1].size, 7);
	assert_false(file_exists(box.target));
	assert_untouched(&box);
	close_box(&box);
}

static void test_clean_names(void **state)
{
	struct arena arena = ARENA_INIT;
	const char *reason;

	(void)state;
	assert_string_equal(unpack_clean_name(&arena, "./a//b/", &reason), "a/b");
	assert_string_equal(unpack_clean_name(&arena, "./", &reason), "");
	assert_string_equal(unpack_clean_name(&arena, "a\\b", &reason), "a/b");
	assert_string_equal(unpack_clean_name(&arena, "...", &reason), "...");
	assert_null(unpack_clean_name(&arena, "a/..", &reason));
	assert_string_equal(unpack_link_target(&arena, "a/b", "../c", &reason), "c");
	assert_null(unpack_link_target(&arena, "a/b", "../../c", &reason));
	assert_null(unpack_link_target(&arena, "b", "a/../../c", &reason));
	assert_string_equal(unpack_stem(&arena, "x/t.tar.gz"), "t");
	assert_true(unpack_is_junk("a/.DS_Store"));
	assert_true(unpack_is_junk("__MACOSX/a"));
	assert_false(unpack_is_junk("a/x.jpg"));
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_release_in_every_format),
		cmocka_unit_test(test_gmner_and_plain),
		cmocka_unit_test(test_names_that_escape),
		cmocka_unit_test(test_odd_names_are_made_printable),
		cmocka_unit_test(test_names_beyond_the_locale),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_devices),
		cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_links_count_as_bytes),
		cmocka_unit_test(test_broken_archives),
		cmocka_unit_test(test_encrypted),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_duplicates_and_clashes),
		cmocka_unit_test(test_existing_files),
		cmocka_unit_test(test_hostile_target),
		cmocka_unit_test(test_interrupted_run_goes_on),
		cmocka_unit_test(test_list_writes_nothing),
		cmocka_unit_test(test_clean_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
