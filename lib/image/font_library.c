/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/font_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static struct font_library library;
static bool library_is_there;
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void *open_first(const char *const *names, size_t n)
{
	void *handle = NULL;

	for (size_t i = 0; i < n && !handle; i++)
		handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return handle;
}

/* A function pointer may not be cast from an object pointer, but POSIX promises that the bytes are
 * the same. */
static bool find_symbol(void *handle, const char *name, void *function)
{
	void *symbol = dlsym(handle, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static void library_load(void)
{
	static const char *const freetype_names[] = { "libfreetype.so.6", "libfreetype.6.dylib" };
	static const char *const fontconfig_names[] = { "libfontconfig.so.1", "libfontconfig.1.dylib" };
	void *freetype = open_first(freetype_names, 2), *fontconfig = open_first(fontconfig_names, 2);

	library_is_there = freetype && fontconfig;
#define X(name) library_is_there = library_is_there && find_symbol(freetype, #name, &library.name);
	FREETYPE_FUNCTIONS(X)
#undef X
#define X(name) library_is_there = library_is_there && find_symbol(fontconfig, #name, &library.name);
	FONTCONFIG_FUNCTIONS(X)
#undef X
	/* Its caches are of the process. */
	if (library_is_there)
		atexit(library.FcFini);
}

const struct font_library *font_library(void)
{
	pthread_once(&library_once, library_load);
	return library_is_there ? &library : NULL;
}
