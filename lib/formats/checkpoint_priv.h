/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the checkpoint reader share.
 */
#ifndef TAGSIGHT_FORMATS_CHECKPOINT_PRIV_H
#define TAGSIGHT_FORMATS_CHECKPOINT_PRIV_H

#include "lib/formats/checkpoint.h"

/* A zeroed tensor at the end of the list, or NULL when memory is out. */
struct checkpoint_tensor *checkpoint_add(struct checkpoint *checkpoint, struct err *err);

/* Find the state dict of a PyTorch file and add its tensors and extras. */
int checkpoint_add_torch(struct checkpoint *checkpoint, const struct torch_file *file,
			 const char *name, struct err *err);

/* Whether a path is that of the index of a model in shards, and add the paths of its shards. */
bool checkpoint_is_index(const char *path);
int checkpoint_add_shards(struct str_list *paths, const char *index, struct err *err);

#endif
