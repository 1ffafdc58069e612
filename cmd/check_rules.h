/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `tagsight check --rules` and `--explain` write.
 */
#ifndef TAGSIGHT_CMD_CHECK_RULES_H
#define TAGSIGHT_CMD_CHECK_RULES_H

#include "cmd/cmd.h"

/* List all rules, or explain the one called `name`. Returns an exit status. */
int check_rules_list(const struct command *command, const struct common_options *common,
		     const char *name);

#endif
