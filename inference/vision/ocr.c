/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/ocr.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEGMENT_AUTOMATICALLY 3 /* as its command does */
#define LEAST_SIDE 3            /* pixels; with less it only complains */
#define SEVERITY_NONE 6
#define RESOLUTION 70           /* what it assumes, and says so, where nobody tells */

static const char *const library_names[] = { "libtesseract.so.5", "libtesseract.so.4",
					     "libtesseract.so", "libtesseract.dylib" };

/* The functions of its C interface (capi.h) that are used; `api` is its own object. */
static struct tesseract {
	void *handle;
	void *(*create)(void);
	void (*destroy)(void *api);
	int (*set_variable)(void *api, const char *name, const char *value);
	int (*init)(void *api, const char *data, const char *language);
	void (*set_segmentation)(void *api, int mode);
	void (*set_image)(void *api, const unsigned char *pixels, int width, int height,
			  int bytes_per_pixel, int bytes_per_line);
	void (*set_resolution)(void *api, int dots_per_inch);
	char *(*text)(void *api);
	void (*delete_text)(const char *text);
	const char *(*version)(void);
	char error[256];
	char description[64];
} tesseract;

static pthread_once_t tesseract_once = PTHREAD_ONCE_INIT;

/* A function pointer may not be cast from an object pointer, but POSIX promises that the bytes are
 * the same. */
static bool find_symbol(const char *name, void *function)
{
	void *symbol = dlsym(tesseract.handle, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static bool find_symbols(void)
{
	return find_symbol("TessBaseAPICreate", &tesseract.create) &&
	       find_symbol("TessBaseAPIDelete", &tesseract.destroy) &&
	       find_symbol("TessBaseAPISetVariable", &tesseract.set_variable) &&
	       find_symbol("TessBaseAPIInit3", &tesseract.init) &&
	       find_symbol("TessBaseAPISetPageSegMode", &tesseract.set_segmentation) &&
	       find_symbol("TessBaseAPISetImage", &tesseract.set_image) &&
	       find_symbol("TessBaseAPISetSourceResolution", &tesseract.set_resolution) &&
	       find_symbol("TessBaseAPIGetUTF8Text", &tesseract.text) &&
	       find_symbol("TessDeleteText", &tesseract.delete_text) &&
	       find_symbol("TessVersion", &tesseract.version);
}

/* The library of pictures below it prints its own complaints, unless told not to. */
static void silence_leptonica(void)
{
	int (*set_severity)(int severity);

	if (find_symbol("setMsgSeverity", &set_severity))
		set_severity(SEVERITY_NONE);
}

static void load_library(void)
{
	/* Its threads wait for each other in loops: on a picture of a tweet they take five times as long
	 * as one. They are counted when the library is loaded. */
	setenv("OMP_THREAD_LIMIT", "1", 0);
	for (size_t i = 0; i < sizeof(library_names) / sizeof(*library_names) && !tesseract.handle; i++) {
		tesseract.handle = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
		if (!tesseract.handle && i == 0)
			snprintf(tesseract.error, sizeof(tesseract.error), "%s", dlerror());
	}
	if (!tesseract.handle)
		return;
	if (!find_symbols()) {
		snprintf(tesseract.error, sizeof(tesseract.error), "it lacks a function: %s", dlerror());
		dlclose(tesseract.handle);
		tesseract.handle = NULL;
	} else {
		snprintf(tesseract.description, sizeof(tesseract.description), "Tesseract %s",
			 tesseract.version());
		silence_leptonica();
	}
}

bool ocr_is_there(void)
{
	pthread_once(&tesseract_once, load_library);
	return tesseract.handle != NULL;
}

const char *ocr_describe(void)
{
	return ocr_is_there() ? tesseract.description : "Tesseract (not found)";
}

struct ocr {
	void *api;
};

static int start(struct ocr *ocr, const char *language, struct err *err)
{
	/* Its chatter would come between ours. */
	tesseract.set_variable(ocr->api, "debug_file", "/dev/null");
	if (tesseract.init(ocr->api, NULL, language) != 0)
		return err_set(err, ERR_SYSTEM,
			       "Tesseract cannot read the language '%.60s': install its data, for English "
			       "tesseract-ocr-eng", language);
	tesseract.set_segmentation(ocr->api, SEGMENT_AUTOMATICALLY);
	return 0;
}

struct ocr *ocr_new(const char *language, struct err *err)
{
	struct ocr *ocr;

	if (!ocr_is_there()) {
		err_set(err, ERR_SYSTEM,
			"reading text in pictures needs Tesseract: install tesseract-ocr (%s)",
			tesseract.error);
		return NULL;
	}
	ocr = calloc(1, sizeof(*ocr));
	if (ocr)
		ocr->api = tesseract.create();
	if (!ocr || !ocr->api)
		err_set_memory(err);
	else if (start(ocr, language ? language : "eng", err) == 0)
		return ocr;
	ocr_free(ocr);
	return NULL;
}

void ocr_free(struct ocr *ocr)
{
	if (!ocr)
		return;
	if (ocr->api)
		tesseract.destroy(ocr->api);
	free(ocr);
}

/* Line ends and runs of blanks become one blank. */
static char *one_line(const char *text)
{
	char *out = malloc(strlen(text) + 1), *at = out;

	if (!out)
		return NULL;
	while (*text) {
		size_t length = strcspn(text, " \t\r\n\f\v");

		if (length && at > out)
			*at++ = ' ';
		memcpy(at, text, length);
		at += length;
		text += length + (text[length] != '\0');
	}
	*at = '\0';
	return out;
}

int ocr_read(struct ocr *ocr, const struct image *image, char **text, struct err *err)
{
	char *seen = NULL;

	if (image->width >= LEAST_SIDE && image->height >= LEAST_SIDE) {
		tesseract.set_image(ocr->api, image->rgb, image->width, image->height, 3,
				    3 * image->width);
		tesseract.set_resolution(ocr->api, RESOLUTION);
		seen = tesseract.text(ocr->api);
	}
	*text = one_line(seen ? seen : "");
	if (seen)
		tesseract.delete_text(seen);
	return *text ? 0 : err_set_memory(err);
}
