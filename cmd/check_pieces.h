/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Word pieces counted with a vocabulary, for rules that otherwise know the fewest there can be.
 */
#ifndef TAGSIGHT_CMD_CHECK_PIECES_H
#define TAGSIGHT_CMD_CHECK_PIECES_H

#include "inference/text/wordpiece.h"
#include "lib/base/file.h"
#include "preprocess/load/load.h"

struct check_pieces {
	struct piece_counter counter;
	struct file_map map;
	struct wordpiece *wordpiece; /* NULL: not opened */
	struct pieces pieces;
};

#define CHECK_PIECES_INIT { { NULL }, { NULL, 0 }, NULL, PIECES_INIT }

/* Open a vocab.txt. One with a capital in its commonest word is of a model that sees case. */
int check_pieces_open(struct check_pieces *pieces, const char *path, struct err *err);
void check_pieces_close(struct check_pieces *pieces);

#endif
