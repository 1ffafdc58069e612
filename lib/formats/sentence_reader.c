/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/sentence_reader.h"

#include "lib/base/file.h"
#include "lib/formats/conll.h"
#include "lib/formats/umgf_text.h"

int sentence_reader_open(struct sentence_reader *reader, const char *path, struct err *err)
{
	*reader = (struct sentence_reader)SENTENCE_READER_INIT;
	if (file_is_folder(path))
		reader->umgf = umgf_text_open(path, err);
	else
		reader->conll = conll_open(path, err);
	return reader->umgf || reader->conll ? 0 : -1;
}

void sentence_reader_close(struct sentence_reader *reader)
{
	conll_close(reader->conll);
	umgf_text_close(reader->umgf);
	*reader = (struct sentence_reader)SENTENCE_READER_INIT;
}

enum read_status sentence_reader_next(struct sentence_reader *reader, struct sentence *sentence,
				      struct arena *arena, struct err *err)
{
	return reader->umgf ? umgf_text_next(reader->umgf, sentence, arena, err)
			    : conll_next(reader->conll, sentence, arena, err);
}
