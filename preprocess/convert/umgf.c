/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UMGF's my_data: three files a tweet, without a line end, for its loader takes one into the last tag
 * and into the picture's path. Its loader sorts names as strings, so numbers are written with as
 * many digits as keep the order.
 */
#include "lib/formats/umgf_text.h"
#include "preprocess/convert/folder_writer.h"
#include "preprocess/convert/format.h"
#include "preprocess/convert/prepare.h"

#include <string.h>

static int umgf_open(struct convert_source *source, struct err *err)
{
	source->state = umgf_text_open(source->path, err);
	return source->state ? 0 : -1;
}

static void umgf_close(struct convert_source *source)
{
	umgf_text_close(source->state);
	source->state = NULL;
}

static enum read_status umgf_next(struct convert_source *source, struct convert_record *record,
				  struct arena *arena, struct err *err)
{
	struct sentence sentence;
	enum read_status status = umgf_text_next(source->state, &sentence, arena, err);

	if (status != READ_OK)
		return status;
	record->file = sentence.file;
	record->line = 1;
	record->id = sentence.id;
	record->image = *sentence.id ? record_image_of_id(sentence.id, arena) : NULL;
	record->n_words = sentence.n_tokens;
	record->words = arena_alloc(arena, sentence.n_tokens + 1, sizeof(*record->words));
	record->tags = arena_alloc(arena, sentence.n_tokens + 1, sizeof(*record->tags));
	if ((*sentence.id && !record->image) || !record->words || !record->tags)
		return err_set_memory(err), READ_FAIL;
	for (size_t i = 0; i < sentence.n_tokens; i++) {
		record->words[i] = sentence.tokens[i].word;
		record->tags[i] = sentence.tokens[i].tag;
	}
	record->untagged = sentence.n_tokens && !record->tags[0];
	if (record->untagged)
		record->tags = NULL;
	return READ_OK;
}

/* The listing has N_l.txt in front of N_s.txt. */
static int umgf_recognise(const char *head, size_t length)
{
	(void)length;
	return strstr(head, "_l.txt\n") && strstr(head, "_s.txt\n") ? 2 : 0;
}

static int umgf_prepare(const struct convert_options *options, struct convert_record *record,
			struct convert_losses *losses, struct arena *arena, struct err *err)
{
	(void)options;
	if (convert_prepare_id_line(record, losses, arena, err) < 0)
		return -1;
	if ((!record->id || !*record->id) && !record->image)
		convert_lose(losses, LOSS_IMAGE, record, "there is none, and UMGF's loader needs one");
	for (size_t i = 0; i < record->n_words; i++) {
		if (strpbrk(record->words[i], "\t\r\n") ||
		    (record->n_words == 1 && !*record->words[i]))
			convert_lose(losses, LOSS_WORD, record, "'%s'", record->words[i]);
		if (record->tags && !record->tags[i]) {
			convert_lose(losses, LOSS_UNTAGGED, record, "'%s' is taken as O",
				     record->words[i]);
			record->tags[i] = "O";
		}
	}
	return 0;
}

static int put_file(struct convert_sink *sink, char part, const char *const *texts, size_t n,
		    struct err *err)
{
	char name[64];
	FILE *stream;

	snprintf(name, sizeof(name), "%06zu_%c.txt", sink->records + 1, part);
	stream = folder_writer_file(sink->folder, name, err);
	if (!stream)
		return -1;
	for (size_t i = 0; i < n; i++)
		fprintf(stream, "%s%s", i ? "\t" : "", texts[i]);
	return folder_writer_close_file(sink->folder, stream, err);
}

static int umgf_write(struct convert_sink *sink, struct convert_record *record,
		      struct arena *arena, struct err *err)
{
	const char *picture = record->id;

	if (!picture)
		picture = record->image ? record_id_of_image(record->image, arena) : "";
	if (!picture)
		return err_set_memory(err);
	if (put_file(sink, 's', record->words, record->n_words, err) < 0 ||
	    put_file(sink, 'l', record->tags, record->n_words, err) < 0)
		return -1;
	return put_file(sink, 'p', &picture, 1, err);
}

const struct convert_format convert_umgf = {
	.name = "umgf",
	.extension = "",
	.summary = "a folder of UMGF's my_data: N_s.txt, N_l.txt and N_p.txt for each tweet",
	.holds = HOLDS_WORDS | HOLDS_TAGS | HOLDS_SPANS | HOLDS_IDS,
	.folder = true,
	.types = "|PER|LOC|ORG|OTHER|",
	.recognise = umgf_recognise,
	.open = umgf_open,
	.next = umgf_next,
	.close = umgf_close,
	.prepare = umgf_prepare,
	.write = umgf_write,
};
