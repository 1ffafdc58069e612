/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image-to-objects dicts (.pth) that HVPNeT, MKGformer and others read: for each record the
 * names of its crops, best first. The keys of an NER dict are picture names ("8.jpg"), those of an
 * RE dict are line numbers from 0, as integers. Order is kept, and the same dict gives the same
 * bytes.
 *
 *	struct aux_dict dict;
 *	aux_dict_init(&dict, AUX_KEYS_TEXT);
 *	aux_dict_put(&dict, "8.jpg", names, n_names, &err);
 *	aux_dict_write(&dict, "twitter2015_train_dict.pth", &err);
 *	aux_dict_release(&dict);
 */
#ifndef TAGSIGHT_PREPROCESS_AUX_DICT_H
#define TAGSIGHT_PREPROCESS_AUX_DICT_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str_table.h"
#include "lib/formats/torch_file.h"

#include <stddef.h>
#include <stdint.h>

enum aux_keys { AUX_KEYS_NONE, AUX_KEYS_TEXT, AUX_KEYS_INTEGER };

struct aux_entry {
	const char *key;    /* an integer key as its decimal digits */
	const char **names; /* [n] */
	size_t n;
};

struct aux_dict {
	enum aux_keys keys;        /* AUX_KEYS_NONE: an empty dict that was read */
	enum torch_form form;      /* that it was read in and is written in; TORCH_ZIP at first */
	struct aux_entry *entries; /* [n], in the order of the file */
	size_t n, capacity;
	struct arena arena;
	struct str_table index;    /* key to entry */
};

void aux_dict_init(struct aux_dict *dict, enum aux_keys keys);
void aux_dict_release(struct aux_dict *dict);

/* The entry of a key, or NULL. */
struct aux_entry *aux_dict_find(const struct aux_dict *dict, const char *key);

/* Set the names of a key, new or not; everything is copied. An integer key is given as decimal
 * digits. */
int aux_dict_put(struct aux_dict *dict, const char *key, const char *const *names, size_t n,
		 struct err *err);

/* Put the entries in the order of their keys' bytes; nothing is to be found by key afterwards. */
void aux_dict_sort(struct aux_dict *dict);

/* Add all of `from`. The same key may be in both when one of the lists is empty or they are equal;
 * otherwise, or when the kinds of keys differ, it is an error. */
int aux_dict_merge(struct aux_dict *dict, const struct aux_dict *from, struct err *err);

/* Fill an empty dict out of the value of a pickle; messages call its file `name`. */
int aux_dict_from_value(struct aux_dict *dict, const struct pickle_value *value, const char *name,
			struct err *err);

/* Read a PyTorch file without running it; initialises `dict`, which needs no release on failure. */
int aux_dict_read(struct aux_dict *dict, const char *path, struct err *err);

/* Write a file that torch.load() reads, weights_only too; by rename. */
int aux_dict_write(const struct aux_dict *dict, const char *path, struct err *err);

#endif
