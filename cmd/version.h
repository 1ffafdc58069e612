/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tagsight --version`: version, commit, CPU features in use, library versions.
 */
#ifndef TAGSIGHT_CMD_VERSION_H
#define TAGSIGHT_CMD_VERSION_H

#include <stdio.h>

/* "0.1.0", as manifests record it. */
extern const char tagsight_version[];

void version_print(FILE *out);

#endif
