/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of what can be done in the review: X(name, keys, views, help). The enum, the key
 * bindings, the help view and the man page are all made from it. Keys are apart by blanks, by the
 * names that keymap.h explains; the first is the one that hints show. A user may bind other keys.
 */
#ifndef TAGSIGHT_TUI_ACTIONS_H
#define TAGSIGHT_TUI_ACTIONS_H

/* Where an action works. */
enum action_views {
	IN_LIST = 1,
	IN_SENTENCE = 2,
	IN_HELP = 4,
	IN_PICTURE = 8,
	IN_SCORES = 16,
	IN_OCCURRENCES = 32,
	IN_RELATION = 64,
	IN_RECORDS = IN_LIST | IN_SENTENCE | IN_RELATION,
	EVERYWHERE = 127
};

#define REVIEW_ACTIONS(X) \
	X(UP, "Up k", EVERYWHERE, "one line up") \
	X(DOWN, "Down j", EVERYWHERE, "one line down") \
	X(PAGE_UP, "PgUp", IN_LIST | IN_HELP | IN_OCCURRENCES, "one page up") \
	X(PAGE_DOWN, "PgDn Space", IN_LIST | IN_HELP | IN_OCCURRENCES, "one page down") \
	X(FIRST, "Home", EVERYWHERE, "first tweet, word or line") \
	X(LAST, "End G", EVERYWHERE, "last tweet, word or line") \
	X(OPEN, "Enter", IN_LIST | IN_SCORES, "open the tweet, or the first that a number counts") \
	X(LEFT, "Left", IN_SENTENCE | IN_PICTURE | IN_SCORES, "one word or number to the left") \
	X(RIGHT, "Right", IN_SENTENCE | IN_PICTURE | IN_SCORES, "one word or number to the right") \
	X(NEXT_SPAN, "Tab", IN_SENTENCE, "next span, gold or predicted") \
	X(PREVIOUS_SPAN, "S-Tab", IN_SENTENCE, "previous span") \
	X(NEXT_RECORD, "] PgDn Space", IN_SENTENCE | IN_RELATION | IN_PICTURE, "next tweet") \
	X(PREVIOUS_RECORD, "[ PgUp", IN_SENTENCE | IN_RELATION | IN_PICTURE, "previous tweet") \
	X(NEXT_DISAGREEMENT, "d", IN_RECORDS, "next difference, here or in a tweet not decided") \
	X(PREVIOUS_DISAGREEMENT, "D", IN_RECORDS, "the one before") \
	X(NEXT_FINDING, "f", IN_RECORDS, "next tweet with findings") \
	X(PREVIOUS_FINDING, "F", IN_RECORDS, "previous tweet with findings") \
	X(MARK, "v", IN_SENTENCE, "mark words: from here to where the cursor goes") \
	X(EXTEND_LEFT, "S-Left <", IN_SENTENCE, "mark one more word to the left") \
	X(EXTEND_RIGHT, "S-Right >", IN_SENTENCE, "mark one more word to the right") \
	X(TAG_PERSON, "p", IN_SENTENCE, "tag the marked words or the span here as a person") \
	X(TAG_LOCATION, "l", IN_SENTENCE, "as a location") \
	X(TAG_ORGANIZATION, "o", IN_SENTENCE, "as an organization") \
	X(TAG_MISC, "m", IN_SENTENCE, "as the data's type for the rest") \
	X(TAG_FURTHER, "1 2 3 4 5 6 7 8 9", IN_SENTENCE, \
	  "as the data's further types, a key for each in their order") \
	X(CLEAR, "x Delete", IN_SENTENCE, "take the tag off the marked words or the span here") \
	X(GROW_LEFT, "(", IN_SENTENCE, "the span here takes in the word before it") \
	X(GROW_RIGHT, ")", IN_SENTENCE, "the span here takes in the word after it") \
	X(SHRINK_LEFT, "{", IN_SENTENCE, "the span here loses its first word") \
	X(SHRINK_RIGHT, "}", IN_SENTENCE, "the span here loses its last word") \
	X(SPLIT_SPAN, "S", IN_SENTENCE, "split the span before the word here") \
	X(JOIN_SPANS, "J", IN_SENTENCE, "join the span here with the next one") \
	X(ALL_PLACES, "*", IN_SENTENCE, "do the same wherever these words stand, after a look at the places") \
	X(LEAVE_OUT, "x", IN_OCCURRENCES, "leave the place out, or take it in again") \
	X(LEAVE_OUT_ALL, "X", IN_OCCURRENCES, "leave all places out, or take all in") \
	X(CHANGE_ALL, "Enter", IN_OCCURRENCES, "change the places that are not left out") \
	X(CHOOSE_RELATION, "1 2 3 4 5 6 7 8 9", IN_RELATION, \
	  "choose a relation, a key for each in their order") \
	X(TAKE_RELATION, "Enter", IN_RELATION, "choose the relation at the cursor") \
	X(NAME_RELATION, "e", IN_RELATION, "choose a relation by its name; Tab completes it") \
	X(FLIP, "x", IN_RELATION, "head and tail change places") \
	X(FIX, "M", IN_SENTENCE, \
	  "mend what the finding is about, as check --fix does, or take the likelier label") \
	X(NEXT_REMARK, "R", IN_SENTENCE, "next finding of the tweet") \
	X(REPEAT, ".", IN_RECORDS, "repeat the last edit, here") \
	X(ACCEPT_SPAN, "a", IN_SENTENCE, "take the prediction for this span") \
	X(ACCEPT_PREDICTION, "A", IN_RECORDS, "take the prediction for the whole tweet or relation") \
	X(TAKE_SPAN, "b c e", IN_SENTENCE, \
	  "adjudicating: take this span as the second, third, fourth annotator has it; the key of the " \
	  "prediction takes it from the first") \
	X(TAKE_ALL, "B C E", IN_SENTENCE, "the same for the whole tweet") \
	X(ACCEPT_GOLD, "g", IN_RECORDS, "the tags or the relation of the file are right") \
	X(GO_ON, "P", IN_RECORDS, \
	  "from now on go on to the next difference when one is decided, or stay again") \
	X(HARD, "h", IN_RECORDS, "mark the tweet as hard to decide, or take the mark off") \
	X(NOTE, "y", IN_RECORDS, "write a note on the tweet") \
	X(UNDO, "u", IN_RECORDS | IN_PICTURE, "undo the last edit, also of earlier sessions") \
	X(REDO, "r Ctrl-R", IN_RECORDS | IN_PICTURE, "redo") \
	X(SEARCH, "/", IN_RECORDS, "search ids and words while you type") \
	X(SEARCH_NEXT, "n", IN_RECORDS, "next match") \
	X(SEARCH_PREVIOUS, "N", IN_RECORDS, "previous match") \
	X(WRITE, "w", IN_RECORDS, "save as a new file") \
	X(COMMAND, ":", IN_RECORDS | IN_PICTURE, "type a command; Tab completes it, Up brings back the last") \
	X(NEXT_ORDER, "o", IN_LIST, \
	  "next order: file, disagreement, confidence, margin, suspect labels, random") \
	X(SORT_AGAIN, "O", IN_LIST, "sort again: what was decided finds its place") \
	X(SHOW_ONLY, "t", IN_LIST, \
	  "show only tweets with a text, type, rule or state, differs, findings, hard, noted " \
	  "or <0.5") \
	X(SHOW_ALL, "T", IN_LIST, "show all tweets again") \
	X(SCORES, "S", IN_LIST, "scores of the predictions by type, and which type was taken for which") \
	X(OTHER_TABLE, "Tab", IN_SCORES, "the other table") \
	X(NEXT_SPLIT, "s", IN_RECORDS, "next split of the data set") \
	X(PICTURE, "i", IN_SENTENCE | IN_RELATION, "show or hide the picture") \
	X(PICTURE_VIEW, "z", IN_SENTENCE | IN_RELATION, "the picture over the whole screen") \
	X(NEXT_BOX, "Tab", IN_PICTURE, "next box of the picture") \
	X(PREVIOUS_BOX, "S-Tab", IN_PICTURE, "previous box") \
	X(BOX_LEFT, "S-Left H", IN_PICTURE, "move the lower right corner of the box to the left") \
	X(BOX_RIGHT, "S-Right L", IN_PICTURE, "to the right") \
	X(BOX_UP, "S-Up K", IN_PICTURE, "up") \
	X(BOX_DOWN, "S-Down J", IN_PICTURE, "down") \
	X(BOX_PART, "e", IN_PICTURE, "these move the upper left corner instead, then the whole box") \
	X(DELETE_BOX, "x Delete", IN_PICTURE, "leave the box out") \
	X(CHOOSE_BOX, "Enter", IN_PICTURE, "keep this box alone of those of its phrase") \
	X(NAME_BOX, "p", IN_PICTURE, "give the box another phrase of the tweet; Tab completes it") \
	X(WRITE_BOXES, "w", IN_PICTURE, "save the boxes for tagsight ground --boxes") \
	X(ZOOM_IN, "+ =", IN_PICTURE, "nearer to the picture; the arrows move it") \
	X(ZOOM_OUT, "-", IN_PICTURE, "farther from it") \
	X(ZOOM_FIT, "0", IN_PICTURE, "the whole picture") \
	X(CROPS, "c", IN_PICTURE, "the crops of all boxes side by side, and back") \
	X(OPEN_PICTURE, "o", IN_PICTURE, "open the picture in your viewer: $TAGSIGHT_VIEWER, else xdg-open") \
	X(HELP, "? F1", EVERYWHERE, "this list of keys") \
	X(REDRAW, "Ctrl-L", EVERYWHERE, "draw the screen anew") \
	X(BACK, "q Esc", IN_SENTENCE | IN_RELATION | IN_HELP | IN_PICTURE | IN_SCORES | IN_OCCURRENCES, "back") \
	X(LEAVE, "q", IN_LIST, "leave; every edit is kept") \
	X(QUIT, "Q", EVERYWHERE, "leave from anywhere")

enum action {
#define X(name, keys, views, help) ACTION_##name,
	REVIEW_ACTIONS(X)
#undef X
	ACTIONS,
	ACTION_NONE = ACTIONS
};

struct action_spec {
	const char *keys;
	unsigned views;
	const char *help;
};

extern const struct action_spec action_specs[ACTIONS];

#endif
