/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads that go through the same steps together, each with its share of every step: for work whose
 * steps are too short to start threads for.
 *
 *	team_run(threads, run_layers, &context);
 *
 *	static void run_layers(void *context, struct team *team, size_t member, size_t members)
 *	{
 *		for (...) {
 *			run_share(context, member, members);
 *			team_wait(team);
 *		}
 *	}
 */
#ifndef TAGSIGHT_INFERENCE_CORE_TEAM_H
#define TAGSIGHT_INFERENCE_CORE_TEAM_H

#include <stddef.h>

#define TEAM_MEMBERS 64 /* most */

struct team;

typedef void team_work(void *context, struct team *team, size_t member, size_t members);

/* Call `work` on up to `threads` threads at once, each with its number below `members`; fewer where
 * threads cannot be started. Returns when all have. */
void team_run(int threads, team_work *work, void *context);

/* Wait until every member is here. What each wrote before, all may read after. */
void team_wait(struct team *team);

#endif
