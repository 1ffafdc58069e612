/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of the pickle reader share: the machine that runs the opcodes, and the walk
 * that makes its result safe.
 */
#ifndef TAGSIGHT_FORMATS_PICKLE_PRIV_H
#define TAGSIGHT_FORMATS_PICKLE_PRIV_H

#include "lib/formats/pickle.h"

/* Refuse cycles, deep nesting, values repeated beyond all measure and keys that cannot be keys; let
 * the last of equal keys win. */
int pickle_settle(struct pickle_value *root, const char *name, struct err *err);

/* Whether a value of this kind may be a dict key or a member of a set. */
bool pickle_can_be_key(const struct pickle_value *value);

#endif
