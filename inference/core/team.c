/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define SPINS 2000 /* looks before the processor is offered to others */

struct team {
	atomic_size_t members; /* 0 until all threads that can be started are */
	atomic_size_t arrived, phase;
	team_work *work;
	void *context;
};

struct member {
	struct team *team;
	size_t number;
};

static void look_again(unsigned *looks)
{
	if (++*looks >= SPINS)
		sched_yield();
}

void team_wait(struct team *team)
{
	size_t members = atomic_load(&team->members), phase = atomic_load(&team->phase);
	unsigned looks = 0;

	if (members == 1)
		return;
	if (atomic_fetch_add(&team->arrived, 1) + 1 == members) {
		atomic_store(&team->arrived, 0);
		atomic_fetch_add(&team->phase, 1);
		return;
	}
	while (atomic_load(&team->phase) == phase)
		look_again(&looks);
}

static void *run_member(void *context)
{
	struct member *member = context;
	struct team *team = member->team;
	unsigned looks = 0;
	size_t members;

	while ((members = atomic_load(&team->members)) == 0)
		look_again(&looks);
	team->work(team->context, team, member->number, members);
	return NULL;
}

void team_run(int threads, team_work *work, void *context)
{
	size_t wanted = threads < 1 ? 1 : threads > TEAM_MEMBERS ? TEAM_MEMBERS : (size_t)threads, n = 1;
	struct team team = { .work = work, .context = context };
	struct member members[TEAM_MEMBERS];
	pthread_t ids[TEAM_MEMBERS];

	for (; n < wanted; n++) {
		members[n] = (struct member){ &team, n };
		if (pthread_create(&ids[n], NULL, run_member, &members[n]) != 0)
			break;
	}
	atomic_store(&team.members, n);
	work(context, &team, 0, n);
	for (size_t i = 1; i < n; i++)
		pthread_join(ids[i], NULL);
}
