/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/team.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

/* Looks before a thread lets others have its processor, and how often it does so before it sleeps. One that
 * slept between all steps would wake on the processor of who woke it, and so wait for it. */
#define SPINS 2000
#define YIELDS 200

struct team {
	atomic_size_t members; /* 0 until all threads that can be started are */
	atomic_size_t arrived, phase;
	pthread_mutex_t lock; /* of those who sleep */
	pthread_cond_t turned; /* `members` or `phase` changed */
	team_work *work;
	void *context;
};

struct member {
	struct team *team;
	size_t number;
};

/* Wait until a number is no longer what it was. */
static void wait_change(struct team *team, atomic_size_t *number, size_t was)
{
	for (int i = 0; i < SPINS + YIELDS; i++) {
		if (atomic_load_explicit(number, memory_order_acquire) != was)
			return;
		if (i >= SPINS)
			sched_yield();
	}
	pthread_mutex_lock(&team->lock);
	while (atomic_load(number) == was)
		pthread_cond_wait(&team->turned, &team->lock);
	pthread_mutex_unlock(&team->lock);
}

static void change(struct team *team, atomic_size_t *number, size_t value)
{
	pthread_mutex_lock(&team->lock);
	atomic_store(number, value);
	pthread_cond_broadcast(&team->turned);
	pthread_mutex_unlock(&team->lock);
}

void team_wait(struct team *team)
{
	size_t members = atomic_load(&team->members), phase = atomic_load(&team->phase);

	if (members == 1)
		return;
	if (atomic_fetch_add(&team->arrived, 1) + 1 == members) {
		atomic_store(&team->arrived, 0);
		change(team, &team->phase, phase + 1);
		return;
	}
	wait_change(team, &team->phase, phase);
}

static void *run_member(void *context)
{
	struct member *member = context;
	struct team *team = member->team;

	wait_change(team, &team->members, 0);
	team->work(team->context, team, member->number, atomic_load(&team->members));
	return NULL;
}

void team_run(int threads, team_work *work, void *context)
{
	size_t wanted = threads < 1 ? 1 : threads > TEAM_MEMBERS ? TEAM_MEMBERS : (size_t)threads, n = 1;
	struct team team = { .lock = PTHREAD_MUTEX_INITIALIZER,
			     .turned = PTHREAD_COND_INITIALIZER,
			     .work = work,
			     .context = context };
	struct member members[TEAM_MEMBERS];
	pthread_t ids[TEAM_MEMBERS];

	for (; n < wanted; n++) {
		members[n] = (struct member){ &team, n };
		if (pthread_create(&ids[n], NULL, run_member, &members[n]) != 0)
			break;
	}
	change(&team, &team.members, n);
	work(context, &team, 0, n);
	for (size_t i = 1; i < n; i++)
		pthread_join(ids[i], NULL);
}
