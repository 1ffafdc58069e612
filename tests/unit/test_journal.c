/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/review/journal.h"
#include "tests/unit/test.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

static char folder[] = "/tmp/tagsight-journal-XXXXXX";
static char path[64];

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/j.jsonl", folder);
	return 0;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

/* Remembers what was heard. */
struct hearing {
	struct journal_listener listener;
	size_t n;
	size_t last_edit, last_tags;
	enum journal_verb last_verb;
	char last_tag[32];
};

static int hear(struct journal_listener *listener, const struct journal_entry *entry,
		struct err *err)
{
	struct hearing *hearing = (struct hearing *)listener;

	(void)err;
	hearing->n++;
	hearing->last_edit = entry->edit;
	hearing->last_verb = entry->verb;
	hearing->last_tags = entry->n_tags;
	snprintf(hearing->last_tag, sizeof(hearing->last_tag), "%s",
		 entry->n_tags ? entry->tags[entry->n_tags - 1] : "");
	return 0;
}

static struct journal *open_journal(struct hearing *hearing, struct buf *note, struct err *err)
{
	const struct journal_head head = { .text = "some/train.txt" };

	*hearing = (struct hearing){ .listener = { hear } };
	return journal_open(path, &head, &hearing->listener, note, err);
}

static const char *const tags[] = { "O", "B-PER", "I-\xc3\x89T\xc3\x89" };

static struct journal_entry entry_of(size_t edit)
{
	struct journal_entry entry = { .verb = JOURNAL_EDIT, .edit = edit, .record = edit + 7,
				       .id = "1\"5", .what = "set", .begin = 1, .end = 3,
				       .tags = tags, .n_tags = 3, .state = STATE_EDITED };

	sha256_bytes("x", 1, entry.words_sha256);
	return entry;
}

/* A new journal with three decisions, and its bytes. */
static void write_three(struct buf *bytes)
{
	struct hearing hearing;
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct journal *journal;

	unlink(path);
	journal = open_journal(&hearing, &note, &err);
	assert_non_null(journal);
	for (size_t i = 1; i <= 3; i++) {
		struct journal_entry entry = entry_of(i == 3 ? 2 : i);

		entry.verb = i == 3 ? JOURNAL_UNDO : JOURNAL_EDIT;
		assert_int_equal(journal_append(journal, &entry, &err), 0);
	}
	journal_close(journal);
	buf_release(&note);
	assert_int_equal(file_read_all(path, bytes, 1 << 20, &err), 0);
}

static void test_what_is_written_is_heard(void **state)
{
	struct hearing hearing;
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT, bytes = BUF_INIT;
	struct journal *journal;

	(void)state;
	write_three(&bytes);
	assert_non_null(strstr(bytes.data, "\"text\":\"train.txt\""));
	journal = open_journal(&hearing, &note, &err);
	assert_non_null(journal);
	assert_int_equal(hearing.n, 3);
	assert_int_equal(hearing.last_verb, JOURNAL_UNDO);
	assert_int_equal(hearing.last_edit, 2);
	assert_string_equal(hearing.last_tag, tags[2]);
	assert_int_equal(note.length, 0);
	journal_close(journal);
	buf_release(&bytes);
}

/* Cut at every byte: what was whole is heard, the rest is taken away, and one can go on. */
static void test_every_truncation_is_mended(void **state)
{
	struct buf bytes = BUF_INIT, note = BUF_INIT, again = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_three(&bytes);
	for (size_t cut = 0; cut <= bytes.length; cut++) {
		struct journal_entry entry = entry_of(9);
		struct hearing hearing;
		struct journal *journal;
		size_t whole = 0;

		/* A line whose line feed alone is missing is whole. */
		for (size_t i = 0; i < cut; i++)
			whole += i + 1 < bytes.length && bytes.data[i + 1] == '\n';
		assert_int_equal(file_write_all(path, bytes.data, cut, &err), 0);
		buf_clear(&note);
		journal = open_journal(&hearing, &note, &err);
		if (!journal)
			fail_msg("cut at %zu: %s", cut, err.text);
		assert_int_equal(hearing.n, whole > 0 ? whole - 1 : 0);
		assert_int_equal(journal_append(journal, &entry, &err), 0);
		journal_close(journal);
		buf_clear(&note);
		journal = open_journal(&hearing, &note, &err);
		assert_non_null(journal);
		assert_int_equal(hearing.n, (whole > 0 ? whole - 1 : 0) + 1);
		assert_int_equal(hearing.last_edit, 9);
		assert_int_equal(note.length, 0);
		journal_close(journal);
	}
	buf_release(&bytes);
	buf_release(&note);
	buf_release(&again);
}

static void test_damage_is_refused_and_left_alone(void **state)
{
	static const struct {
		const char *content, *message;
	} bad[] = {
		{ "my notes", "not JSON" },
		{ "{\"journal\":\"other\"}\n", "not the journal" },
		{ "{\"journal\":\"tagsight-review\",\"version\":2}\n", "newer" },
		{ "{\"journal\":\"tagsight-review\",\"version\":1}\nx\n{}\n", "not JSON" },
		{ "{\"journal\":\"tagsight-review\",\"version\":1}\n"
		  "{\"journal\":\"tagsight-review\",\"version\":1}\n", "second first line" },
		{ "{\"do\":\"jump\"}\n", "'do'" },
	};
	struct buf note = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct hearing hearing;
		struct err err = ERR_INIT;
		struct buf after = BUF_INIT;

		assert_int_equal(file_write_all(path, bad[i].content, strlen(bad[i].content), &err),
				 0);
		assert_null(open_journal(&hearing, &note, &err));
		assert_int_equal(err.kind, ERR_DATA);
		assert_string_equal(err.file, path);
		if (!strstr(err.text, bad[i].message))
			fail_msg("'%s' instead of '%s'", err.text, bad[i].message);
		assert_int_equal(file_read_all(path, &after, 1 << 20, &err), 0);
		assert_string_equal(after.data, bad[i].content);
		buf_release(&after);
	}
	buf_release(&note);
}

static void test_second_process_is_refused(void **state)
{
	struct hearing hearing;
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct journal *journal;

	(void)state;
	unlink(path);
	journal = open_journal(&hearing, &note, &err);
	assert_non_null(journal);
	assert_null(open_journal(&hearing, &note, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "locked by another tagsight"));
	journal_close(journal);
	journal = open_journal(&hearing, &note, &err);
	assert_non_null(journal);
	journal_close(journal);
	buf_release(&note);
}

/* In a process whose files may not grow: the decision is refused, and the journal as it was. */
static int append_on_full_disk(const struct buf *bytes)
{
	struct rlimit limit = { bytes->length + 40, bytes->length + 40 };
	struct journal_entry entry = entry_of(5);
	struct hearing hearing;
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct journal *journal;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	journal = open_journal(&hearing, &note, &err);
	if (!journal)
		return 2;
	if (journal_append(journal, &entry, &err) != -1 || err.kind != ERR_SYSTEM)
		return 3;
	if (!strstr(err.text, "save the edit"))
		return 4;
	journal_close(journal);
	return 0;
}

static void test_full_disk_changes_nothing(void **state)
{
	struct buf bytes = BUF_INIT, after = BUF_INIT;
	struct err err = ERR_INIT;
	pid_t child;
	int status;

	(void)state;
	write_three(&bytes);
	child = fork();
	if (child == 0)
		_exit(append_on_full_disk(&bytes));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(file_read_all(path, &after, 1 << 20, &err), 0);
	assert_string_equal(after.data, bytes.data);
	buf_release(&bytes);
	buf_release(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_heard),
		cmocka_unit_test(test_every_truncation_is_mended),
		cmocka_unit_test(test_damage_is_refused_and_left_alone),
		cmocka_unit_test(test_second_process_is_refused),
		cmocka_unit_test(test_full_disk_changes_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
