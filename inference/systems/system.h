/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a system is. A system's file has one `const struct system` that says what it reads and what it
 * computes; all else is done here for all of them: opening files, vocabularies and labels, cutting
 * texts, looking at each picture once, batches on several threads, decoding, dumps.
 *
 *	struct bert_crf { struct model model; struct linear classifier; };
 *	const struct system system_bert_crf = { .name = "bert_crf", .size = sizeof(struct bert_crf), ... };
 *
 * A batch of records goes through cut(), which makes word pieces of each, and run(), which gives rows
 * of scores: one for each piece, each word or each record. A CRF decodes the rows of a sentence;
 * the one row of a relation are logits.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_SYSTEM_H
#define TAGSIGHT_INFERENCE_SYSTEMS_SYSTEM_H

#include "inference/core/scratch.h"
#include "inference/core/weights.h"
#include "inference/systems/picture_store.h"
#include "inference/systems/registry.h"
#include "inference/text/crf.h"
#include "inference/text/encoder.h"
#include "inference/text/piece_text.h"
#include "lib/base/file.h"
#include "lib/corpus/prediction.h"
#include "lib/image/image.h"

#include <stdbool.h>
#include <stddef.h>

/* What a thread works with. */
struct worker {
	struct scratch text, vision, own; /* of the encoder, of the network of pictures, of the system */
	struct piece_text pieces;
	struct arena arena; /* reset before each batch and each look */
};

/* Records that a thread has in hand. */
struct batch {
	size_t n;                            /* records */
	const struct predict_record *const *records; /* [n] */
	const size_t *numbers;               /* [n], in the call: for the dump */
	const struct piece_text *text;
	const size_t *sequences;     /* [n + 1], the first sequence of each record */
	const size_t *anchors;       /* [n + 1], the first anchor of each */
	const size_t *rows;          /* [n + 1], the first row of each */
	void *const *extras;         /* [n], what cut() left for run() */
	const float *const *pictures; /* [n, slots] of [picture_floats] */
	struct prediction_dump *dump; /* NULL: no intermediates are wanted */
};

/* A model of any system; each system's struct begins with one. */
struct model {
	struct predictor predictor; /* first */
	const struct system *system;
	struct system_options options; /* its strings are valid while the model is opened */
	const char *variant;           /* the user's or the file's own; NULL: the plain system */
	struct weights weights;
	bool finite; /* all weights were looked at and are */
	struct arena arena;
	int jobs;
	struct worker *workers; /* [jobs] */

	/* Text. */
	struct encoder encoder;
	const char *encoder_config; /* JSON that was applied to what its shapes say; NULL: none was */
	struct file_map vocabulary;
	char *vocabulary_path; /* heap; NULL: the vocabulary lies in the model's own file */
	struct wordpiece *wordpiece; /* NULL where the system reads its text otherwise */
	struct piece_rules rules;

	/* Labels; load() sets n_labels and, for sentences, the CRF. */
	size_t n_labels;
	const char **raw, **tags; /* [n_labels], as they are, and clean: O, B-X or I-X */
	struct crf crf;

	/* Pictures; slots and floats may be set by load(). */
	size_t slots;          /* pictures of a record */
	size_t picture_floats; /* kept of each picture */
	struct picture_store store;
};

/* What run() gives a row of scores for. */
enum rows { ROWS_PIECES, ROWS_ANCHORS, ROWS_RECORDS };

struct system {
	const char *name;     /* "hvpnet_ner", as in the metadata */
	const char *summary;  /* one line */
	const char *defaults; /* what it takes where no option says otherwise: "80 pieces, labels of UMT" */
	const char *const *variants; /* names, ending with NULL, or NULL: there are none */
	size_t size;          /* of its struct */
	bool relates;         /* relations, not sentences */
	enum rows rows;
	bool decodes_anchors;        /* the CRF runs over the anchors' rows alone */
	const char *const *labels;   /* in the order of their numbers, ending with NULL; NULL: the file must say */
	size_t max_pieces;           /* of a tweet, by default */
	size_t padded;               /* pieces of every text, where padding counts; 0: it does not */
	const char *const *added_tokens; /* pieces behind the vocabulary's, ending with NULL, or NULL */
	bool fast_pieces;            /* pieces as Hugging Face's fast tokenizer gives them */
	bool specials_alone;         /* wordpiece_rules.alone */

	unsigned reads;              /* enum record_parts */
	const char *fallback;        /* name of the picture that stands in for missing ones, or NULL */
	size_t crops;                /* slots behind the whole picture, if that is read */
	bool empty_crops;            /* a missing crop is zeros; else a fault of the record */
	bool takes_random_crop;      /* read_picture() heeds that option */

	/* Why a file that names no system is taken for one of this, or NULL when it is not. NULL: never. */
	const char *(*recognise)(const struct weights *weights);
	/* Ask the weights for every tensor and set n_labels. What it allocates release() frees, also
	 * after a failure. */
	int (*load)(struct model *model, struct err *err);
	void (*release)(struct model *model);
	/* Open what cut() needs; NULL: a vocabulary of word pieces, with the rules' [CLS] and [SEP]. */
	int (*open_text)(struct model *model, struct err *err);
	/* Append the pieces of a record, and its anchors: of a sentence one a word; or say in *fault why
	 * there are none (worker->arena). *extra is for run(). NULL: the words of a sentence, each alone,
	 * cut at the limit. */
	int (*cut)(struct model *model, const struct predict_record *record, struct worker *worker, void **extra,
		   const char **fault, struct err *err);
	/* The scores [rows, n_labels] of a batch. Threads run at once, each with its worker. */
	int (*run)(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
		   struct err *err);
	/* From a picture's file to what look() reads, [3, 224, 224]; NULL: as torchvision's Resize(256),
	 * CenterCrop(224) and ImageNet's normalisation. ERR_DATA makes it a fault of the picture. */
	int (*read_picture)(const struct model *model, const struct image *image, const char *path,
			    float *input, struct err *err);
	/* What is kept of 1 to RESNET_BATCH pictures, kept[i] [picture_floats]. `numbers` are their
	 * records in the dump, which is NULL unless intermediates are wanted: of one picture each. */
	int (*look)(struct model *model, const float *input, size_t n, struct worker *worker,
		    float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		    struct err *err);
};

/* Labels of UMT, MAF and HVPNeT, and the relations of MNRE, in the order of their numbers. */
extern const char *const labels_umt[];
extern const char *const labels_mnre[];

/* For load(). The encoder below a prefix like "bert.", with the tensors' own sizes, and heads and eps of
 * a config.json. */
int model_load_bert(struct model *model, const char *prefix, struct err *err);
/* Set n_labels to the rows of the matrix `name`, of 1 to 1024. */
int model_count_labels(struct model *model, const char *name, struct err *err);
/* pytorch-crf's tensors for n_labels: NAME.transitions and so on. */
int model_load_crf(struct model *model, const char *name, struct err *err);

/* For open_text(). The text of the vocabulary: the user's, the model's own, or the file `name` beside
 * it; it lives as long as the model. */
int model_find_vocabulary(struct model *model, const char *name, const char **text, size_t *size,
			  struct err *err);
/* The most pieces of a tweet: the user's, the file's own, or the system's number. */
size_t model_piece_limit(const struct model *model);

/* For run(): encode a batch whose sequences have `prefixes` [sequences, layers] or NULL; the states
 * [pieces, H] are the worker's. Adds bert_embeddings and bert_layerN to the dump. */
int model_encode(const struct model *model, const struct batch *batch, struct worker *worker,
		 const struct encoder_prefix *prefixes, size_t prefix_length, const float **states,
		 struct err *err);
/* The same of any encoder batch, whose sequences are those of the batch. */
int model_encode_batch(const struct model *model, const struct batch *batch, struct worker *worker,
		       const struct encoder_batch *encoder_batch, const float **states,
		       struct err *err);

/* For run(): add rows of `width` to the dump, if there is one; record i has those from starts[i] on. */
int model_dump_rows(const struct batch *batch, const char *name, const size_t *starts, size_t width,
		    const float *values, struct err *err);

/* For cut(): [CLS], the words each alone, [SEP], cut at the limit. */
int model_cut_words(struct model *model, const struct predict_record *record, struct worker *worker,
		    void **extra, const char **fault, struct err *err);

/* Open a model of this system; the weights are its own from now on, also on failure (then NULL). */
struct predictor *model_open(struct weights *weights, const struct system *system,
			     const struct system_options *options, struct err *err);

/* Ask the weights for every tensor that the system needs, and let go. */
int model_check_tensors(struct weights *weights, const struct system *system, struct err *err);

/* The predictor's predict(). */
int model_predict(struct predictor *predictor, const struct predict_record *records, size_t n,
		  struct outcome *outcomes, struct prediction_dump *dump, struct arena *arena,
		  struct err *err);

#endif
