/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Do the boxes of a split, one Pascal VOC file a picture, fit its tweets and its pictures? As in
 * GMNER's release: pixels count from 1, xmax and ymax are included, a box bears the words of an
 * entity of its tweet, and a picture without a box has no file.
 *
 *	voc_check(split, sink, &err);             the files of this split's tweets
 *	voc_check_orphans(split, sink, &err);     once a folder of boxes
 */
#ifndef TAGSIGHT_PREPROCESS_VOC_CHECK_H
#define TAGSIGHT_PREPROCESS_VOC_CHECK_H

#include "lib/corpus/dataset.h"
#include "lib/corpus/finding.h"

/* Report files that cannot be read (voc-syntax), that name another picture (voc-filename), boxes that
 * are called as no entity (voc-name-not-entity) or are no boxes of the picture (voc-box-range), and
 * a size that is not the picture's, where that is there (voc-size). -1 when the text cannot be read
 * or memory is out. A split without boxes has no findings. */
int voc_check(const struct split *split, struct finding_sink *sink, struct err *err);

/* Report the files that belong to no tweet of the split's text or of another text beside it
 * (voc-orphan). */
int voc_check_orphans(const struct split *split, struct finding_sink *sink, struct err *err);

#endif
