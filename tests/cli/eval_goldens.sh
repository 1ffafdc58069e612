#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tagsight eval beside what the original scorers gave: for tags of all schemes and of none, and for seventeen
# kinds of predictions of Twitter2015 and eight of MNRE. tests/run gives TAGSIGHT and TAGSIGHT_SHARED.
. "$(dirname "$0")/prelude"
cd "$(dirname "$0")/.."
command -v python3 >/dev/null || {
	echo "skip: the goldens of the scorers need python3"
	exit 77
}
map=sample/relations/ours_rel2id.json
python3 oracle/check_scorers.py oracle/scorers "$TAGSIGHT" $map
shared=${TAGSIGHT_SHARED:-../../shared}/oracle/scorers
if [ -d "$shared" ]; then
	python3 oracle/check_scorers.py "$shared" "$TAGSIGHT" $map
else
	echo "skip: the larger goldens need $shared"
fi
