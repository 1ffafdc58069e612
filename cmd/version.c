/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/version.h"

#include "inference/core/blas.h"
#include "inference/text/sentencepiece.h"
#include "inference/vision/ocr.h"
#include "tui/tui.h"

#include <archive.h>
#include <gif_lib.h>
#include <jansson.h>
#include <jpeglib.h>
#include <png.h>
#include <utf8proc.h>
#include <webp/decode.h>

#ifndef TAGSIGHT_COMMIT
#define TAGSIGHT_COMMIT "unknown"
#endif

const char tagsight_version[] = "0.1.0";

static const char *cpu_features(void)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512f"))
		return "avx512";
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return "avx2";
#endif
	return "portable";
}

void version_print(FILE *out)
{
	int webp = WebPGetDecoderVersion();

	fprintf(out, "tagsight %s (%s)\n", tagsight_version, TAGSIGHT_COMMIT);
	fprintf(out, "cpu: %s\n", cpu_features());
	fprintf(out, "libraries: %s, %s, jansson %s, libjpeg %d, libpng %s, libwebp %d.%d.%d, giflib %d.%d.%d, ",
		archive_version_string(), blas_describe(), jansson_version_str(),
		JPEG_LIB_VERSION, PNG_LIBPNG_VER_STRING, webp >> 16, webp >> 8 & 255, webp & 255,
		GIFLIB_MAJOR, GIFLIB_MINOR, GIFLIB_RELEASE);
	fprintf(out, "utf8proc %s, %s, %s, %s\n", utf8proc_version(), tui_libraries(),
		sentencepiece_is_there() ? "SentencePiece" : "SentencePiece (not built in)",
		ocr_describe());
}
