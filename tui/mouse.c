/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/mouse.h"

#include <curses.h>
#include <time.h>

#define DOUBLE_CLICK 0.4 /* seconds between its presses at most */

/* Curses asks for presses and releases only; this, which terminals without it pass over, for the
 * moves between the two. */
static const char drags_on[] = "\033[?1002h", drags_off[] = "\033[?1002l";

static void send(const char *sequence)
{
	fputs(sequence, stdout);
	fflush(stdout);
}

void mouse_start(struct mouse *mouse)
{
	mmask_t wanted = BUTTON1_PRESSED | BUTTON1_RELEASED | BUTTON4_PRESSED | BUTTON5_PRESSED |
			 BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED | REPORT_MOUSE_POSITION;

	/* Curses would hold a press back to see whether it becomes a click; it still makes one of
	 * what comes all at once. */
	mouseinterval(0);
	mouse->on = mousemask(wanted, NULL) != 0 && has_mouse();
	if (mouse->on)
		send(drags_on);
}

void mouse_stop(struct mouse *mouse)
{
	if (mouse->on)
		send(drags_off);
	mouse->on = false;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void press(struct mouse *mouse, struct mouse_event *event)
{
	double time = now();
	bool again = mouse->y == event->y && mouse->x == event->x &&
		     time - mouse->time < DOUBLE_CLICK;

	event->kind = again ? MOUSE_DOUBLE : MOUSE_PRESS;
	mouse->y = event->y;
	mouse->x = event->x;
	/* A third press begins anew. */
	mouse->time = again ? 0 : time;
}

bool mouse_read(struct mouse *mouse, struct mouse_event *event)
{
	MEVENT got;

	if (getmouse(&got) != OK)
		return false;
	event->y = got.y;
	event->x = got.x;
	if (got.bstate & BUTTON4_PRESSED) {
		event->kind = MOUSE_UP;
	} else if (got.bstate & BUTTON5_PRESSED) {
		event->kind = MOUSE_DOWN;
	} else if (got.bstate & BUTTON1_RELEASED) {
		bool was = mouse->pressed;

		event->kind = MOUSE_RELEASE;
		mouse->pressed = false;
		return was;
	} else if (got.bstate & REPORT_MOUSE_POSITION) {
		event->kind = MOUSE_DRAG;
		return mouse->pressed;
	} else if (got.bstate & BUTTON1_DOUBLE_CLICKED) {
		event->kind = MOUSE_DOUBLE;
	} else if (got.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) {
		press(mouse, event);
		/* What the second press of two opens is not dragged in. */
		mouse->pressed = event->kind == MOUSE_PRESS && (got.bstate & BUTTON1_PRESSED);
	} else {
		return false;
	}
	return true;
}
