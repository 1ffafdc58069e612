/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the models are that ship with tagsight, and those that the user put beside them.
 */
#ifndef TAGSIGHT_CMD_MODELS_H
#define TAGSIGHT_CMD_MODELS_H

#include "lib/base/err.h"
#include "lib/base/str_list.h"

/* The folders that are looked into, best first: $TAGSIGHT_MODELS; next to the program, installed or
 * built; $XDG_DATA_HOME/tagsight; the prefix of the installation. 0, or -1 when memory is out. */
int models_folders(struct str_list *out, struct err *err);

/* The path of a model, on the heap: `name` itself when it is a file or has a slash
 * or a comma, else NAME or NAME.safetensors in the first folder that has it. NULL with an error that
 * lists the places. */
char *models_find(const char *name, struct err *err);

#endif
