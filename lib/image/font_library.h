/* SPDX-License-Identifier: Apache-2.0 */
/*
 * FreeType and fontconfig, loaded at run time: linked, they would cost every start of the program, and a
 * machine that draws nothing needs neither.
 */
#ifndef TAGSIGHT_IMAGE_FONT_LIBRARY_H
#define TAGSIGHT_IMAGE_FONT_LIBRARY_H

#include <ft2build.h>
#include FT_FREETYPE_H
#include <fontconfig/fontconfig.h>

/* X(name): the functions that are used. */
#define FREETYPE_FUNCTIONS(X) \
	X(FT_Init_FreeType) \
	X(FT_Done_FreeType) \
	X(FT_New_Face) \
	X(FT_Done_Face) \
	X(FT_Set_Pixel_Sizes) \
	X(FT_Get_Char_Index) \
	X(FT_Load_Glyph)

#define FONTCONFIG_FUNCTIONS(X) \
	X(FcNameParse) \
	X(FcConfigSubstitute) \
	X(FcDefaultSubstitute) \
	X(FcFontSort) \
	X(FcFontSetDestroy) \
	X(FcPatternDestroy) \
	X(FcPatternGetString) \
	X(FcPatternGetInteger) \
	X(FcPatternGetBool) \
	X(FcPatternGetCharSet) \
	X(FcCharSetHasChar) \
	X(FcFini)

struct font_library {
#define X(name) __typeof__(&name) name;
	FREETYPE_FUNCTIONS(X)
	FONTCONFIG_FUNCTIONS(X)
#undef X
};

/* NULL where either is missing. */
const struct font_library *font_library(void);

#endif
