/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack.h"

#include "lib/base/checked.h"
#include "preprocess/unpack_priv.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPARE_BLOCK (UNPACK_BUFFER / 2)

void unpack_report_init(struct unpack_report *report)
{
	memset(report, 0, sizeof(*report));
}

void unpack_report_release(struct unpack_report *report)
{
	arena_release(&report->arena);
	free(report->entries);
	unpack_report_init(report);
}

const char *unpack_action_name(enum unpack_action action)
{
	static const char *const names[] = { "write", "keep", "ignore", "refuse" };

	return names[action];
}

static ssize_t read_block(int fd, char *block)
{
	size_t length = 0;

	while (length < COMPARE_BLOCK) {
		ssize_t got = read(fd, block + length, COMPARE_BLOCK - length);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

/* `blocks` has room for two. */
static bool same_bytes(int a, int b, char *blocks)
{
	ssize_t got_a, got_b;

	if (a < 0 || b < 0)
		return false;
	do {
		got_a = read_block(a, blocks);
		got_b = read_block(b, blocks + COMPARE_BLOCK);
		if (got_a < 0 || got_a != got_b ||
		    memcmp(blocks, blocks + COMPARE_BLOCK, (size_t)got_a) != 0)
			return false;
	} while (got_a > 0);
	return true;
}

static bool same_content(struct unpack *u, const struct unpack_member *member)
{
	int there = unpack_target_read(&u->target, member->path);
	int staged = unpack_stage_read(&u->target, member->stage);
	bool same = same_bytes(there, staged, u->buffer);

	if (there >= 0)
		close(there);
	if (staged >= 0)
		close(staged);
	return same;
}

/* What is to be done about the file that is at the member's place. A file that is as the manifest
 * says was never touched, so that a newer archive may replace it. */
static enum unpack_action meet_existing(struct unpack *u, const struct unpack_member *member,
					const struct stat *st)
{
	const struct unpack_record *record = unpack_manifest_path(&u->manifest, member->path);

	if ((uint64_t)st->st_size == member->size && st->st_mtim.tv_sec == member->mtime)
		return UNPACK_KEEP;
	if (!u->options->list && (uint64_t)st->st_size == member->size && same_content(u, member))
		return UNPACK_KEEP;
	if (u->options->overwrite || (record && record->size == (uint64_t)st->st_size &&
				      record->mtime == st->st_mtim.tv_sec))
		return UNPACK_WRITE;
	return UNPACK_REFUSE;
}

/* Decide about a member whose place may be taken. */
static void decide(struct unpack *u, struct unpack_member *member)
{
	struct stat st;

	if (!unpack_target_stat(&u->target, member->path, &st))
		return;
	if (!S_ISREG(st.st_mode)) {
		member->action = UNPACK_REFUSE;
		member->reason = "a link, a folder or a device is in its place";
		return;
	}
	member->action = meet_existing(u, member, &st);
	if (member->action == UNPACK_REFUSE)
		member->reason = "a file with other content is in its place (--overwrite replaces it)";
}

/* Rename a staged file to its place. What is in its way is the member's fault alone. */
static int install(struct unpack *u, struct unpack_member *member)
{
	struct err bad = ERR_INIT;
	int rc = unpack_target_install(&u->target, member->stage, member->path, false, &bad);

	if (rc > 0) {
		decide(u, member);
		if (member->action != UNPACK_WRITE)
			return 0;
		rc = unpack_target_install(&u->target, member->stage, member->path, true, &bad);
	}
	if (rc == 0) {
		member->stage = NULL;
		return 0;
	}
	if (bad.kind != ERR_DATA) {
		*u->err = bad;
		return -1;
	}
	member->action = UNPACK_REFUSE;
	member->reason = arena_copy(u->arena, bad.text);
	return member->reason ? 0 : err_set_memory(u->err);
}

static int record_member(struct unpack *u, const struct unpack_member *member)
{
	struct unpack_record record = { .archive = u->archives[member->archive].label,
					.member = member->name,
					.path = member->path,
					.size = member->size,
					.mtime = member->mtime,
					.as_is = u->options->keep_layout };

	return unpack_manifest_add(&u->manifest, &record, u->err);
}

static int settle_member(struct unpack *u, struct unpack_member *member)
{
	if (member->kept) {
		member->action = UNPACK_KEEP;
	} else if (u->options->list) {
		decide(u, member);
		return 0;
	} else if (install(u, member) < 0) {
		return -1;
	}
	if (u->options->list || member->action == UNPACK_REFUSE)
		return 0;
	return record_member(u, member);
}

static int settle(struct unpack *u)
{
	for (size_t i = 0; i < u->n_members; i++) {
		struct unpack_member *member = &u->members[i];

		if (!member->opened && member->action == UNPACK_WRITE && settle_member(u, member) < 0)
			return -1;
	}
	return 0;
}

static int report_member(struct unpack *u, const struct unpack_member *member)
{
	struct unpack_report *report = u->report;
	bool placed = member->action == UNPACK_WRITE || member->action == UNPACK_KEEP;
	struct unpack_entry *entry;

	if (GROW(report->entries, report->n_entries, report->capacity) < 0)
		return err_set_memory(u->err);
	entry = &report->entries[report->n_entries++];
	*entry = (struct unpack_entry){ .archive = u->archives[member->archive].label,
					.member = member->name,
					.path = placed ? member->path : NULL,
					.reason = member->reason,
					.action = member->action,
					.size = member->size };
	report->written += member->action == UNPACK_WRITE;
	report->kept += member->action == UNPACK_KEEP;
	report->ignored += member->action == UNPACK_IGNORE;
	report->refused += member->action == UNPACK_REFUSE;
	if (member->action == UNPACK_WRITE)
		report->bytes += member->size;
	return 0;
}

static int fill_report(struct unpack *u)
{
	for (size_t i = 0; i < u->n_members; i++)
		if (!u->members[i].opened && report_member(u, &u->members[i]) < 0)
			return -1;
	return 0;
}

/* One flush of the file system makes all files durable before the manifest says that they are. */
static int finish(struct unpack *u)
{
	if (syncfs(u->target.root) < 0)
		return err_set_errno(u->err, "write below", u->target.path);
	if (unpack_manifest_save(&u->manifest, &u->target, u->err) < 0)
		return -1;
	unpack_stage_clear(&u->target);
	return 0;
}

static int check_options(const struct unpack_options *options, size_t n, struct err *err)
{
	if (n == 0)
		return err_set(err, ERR_USAGE, "no archive to unpack");
	if (!options->target || !*options->target)
		return err_set(err, ERR_USAGE, "no folder to unpack into");
	if (options->max_files < 1 || options->max_bytes < 1 || !(options->max_ratio >= 1))
		return err_set(err, ERR_USAGE,
			       "--max-files, --max-bytes and --max-ratio want numbers from 1 on");
	return 0;
}

static int open_target(struct unpack *u)
{
	const char *path = u->options->target;

	if (u->options->list ? unpack_target_look(&u->target, path, u->err) < 0 :
			       unpack_target_open(&u->target, path, u->err) < 0)
		return -1;
	return unpack_manifest_load(&u->manifest, &u->target, u->err);
}

/* libarchive turns names into the locale's characters and loses those that it lacks, so that all
 * work is done in a UTF-8 one. NULL where the system has none. */
static locale_t enter_utf8(locale_t *before)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

	*before = utf8 ? uselocale(utf8) : (locale_t)0;
	return utf8;
}

static void leave_utf8(locale_t utf8, locale_t before)
{
	if (!utf8)
		return;
	uselocale(before);
	freelocale(utf8);
}

int unpack_run(const struct unpack_options *options, const char *const *archives, size_t n,
	       struct unpack_report *report, struct progress *progress, struct err *err)
{
	struct unpack u = { .options = options,
			    .report = report,
			    .arena = &report->arena,
			    .progress = progress,
			    .err = err };
	locale_t utf8, before;
	int rc;

	if (check_options(options, n, err) < 0)
		return -1;
	u.target.root = u.target.work = u.target.stage = u.target.folder = -1;
	unpack_manifest_init(&u.manifest);
	utf8 = enter_utf8(&before);
	u.buffer = malloc(UNPACK_BUFFER);
	rc = u.buffer ? open_target(&u) : err_set_memory(err);
	if (rc == 0)
		rc = unpack_read(&u, archives, n);
	if (rc == 0)
		rc = unpack_place(&u);
	if (rc == 0)
		rc = settle(&u);
	if (rc == 0 && !options->list)
		rc = finish(&u);
	if (rc == 0)
		rc = fill_report(&u);
	leave_utf8(utf8, before);
	unpack_target_close(&u.target);
	unpack_manifest_release(&u.manifest);
	free(u.archives);
	free(u.members);
	free(u.buffer);
	return rc;
}
