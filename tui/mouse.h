/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mouse, where the terminal has one: presses, drags, double clicks and the wheel. With Shift the
 * terminal keeps it for itself, so that text is marked and copied as ever.
 */
#ifndef TAGSIGHT_TUI_MOUSE_H
#define TAGSIGHT_TUI_MOUSE_H

#include <stdbool.h>

enum mouse_kind { MOUSE_PRESS, MOUSE_DOUBLE, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_UP, MOUSE_DOWN };

struct mouse_event {
	enum mouse_kind kind; /* UP and DOWN are of the wheel */
	int y, x;
};

struct mouse {
	bool on;
	bool pressed;
	int y, x;       /* of the last press */
	double time;    /* of the last press, in seconds */
};

/* After newterm() and before endwin(). */
void mouse_start(struct mouse *mouse);
void mouse_stop(struct mouse *mouse);

/* Take what is behind a KEY_MOUSE. False when it is nothing that anybody asked for. */
bool mouse_read(struct mouse *mouse, struct mouse_event *event);

#endif
