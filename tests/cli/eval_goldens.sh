#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight eval beside what the original scorers gave for seventeen kinds of predicted tags and eight of
# relations. tests/run gives TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/.."
shared=${TAGSIGHT_SHARED:-../../shared}/oracle/scorers
if [ ! -d "$shared" ] || ! command -v python3 >/dev/null; then
	echo "skip: the goldens of the scorers need $shared and python3"
	exit 77
fi
python3 oracle/check_scorers.py "$shared" "$TAGSIGHT" sample/relations/ours_rel2id.json
