/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/claim.h"

#include "lib/base/file.h"

#include <stdlib.h>

#define MARK ".tagsight"

bool ground_folder_is_ours(const char *folder)
{
	char *mark = file_join(folder, MARK);
	bool ours = mark && file_exists(mark);

	free(mark);
	return ours;
}

int ground_claim_folder(const char *folder, struct err *err)
{
	char *mark = file_join(folder, MARK);
	int rc = mark ? file_make_folders(folder, err) : err_set_memory(err);

	if (rc == 0 && !file_exists(mark))
		rc = file_write_all(mark, "", 0, err);
	free(mark);
	return rc;
}
