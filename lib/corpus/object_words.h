/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which class of object an English noun phrase asks for: "my two puppies" asks for a dog, more than
 * one; "a bunch of kids" for people; "the mayor of Boston" for a person. A class is known by a
 * concept, so that detectors that spell their classes differently (sofa, couch) are all served.
 */
#ifndef TAGSIGHT_CORPUS_OBJECT_WORDS_H
#define TAGSIGHT_CORPUS_OBJECT_WORDS_H

#include <stdbool.h>

struct concept; /* static */

/* The concept of a phrase's head noun, or NULL when no detector's class is near it. *many tells
 * whether the phrase means more than one. */
const struct concept *object_words_find(const char *phrase, bool *many);

/* The concept of people. */
const struct concept *object_words_person(void);

/* What is seen at a place, or belongs to an organisation, that has it in its name: airplanes at an
 * airport and with an airline, trains at a station, animals at a zoo. NULL for all others. */
const struct concept *object_words_of_place(const char *name);

/* Does `wanted` take objects of a class? "animal" takes dogs; a dog is not any animal. False when
 * either is NULL. */
bool object_words_match(const struct concept *wanted, const struct concept *of_class);

#endif
