/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/object_words.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WORD_BYTES 40
#define PHRASE_WORDS 32

/* Lists are joined by blanks; an underscore stands for a blank within a word. */
struct concept {
	const char *name;
	const char *words;   /* singular */
	const char *crowds;  /* singular words that mean many of them; "" for none */
	const char *members; /* concepts that are kinds of this one; "" for none */
};

static const struct concept concepts[] = {
	{ "person",
	  "person man woman boy girl guy lady gentleman child kid baby toddler infant teen teenager "
	  "adult human player fan actor actress singer rapper musician artist dancer model star "
	  "celebrity hero idol friend brother sister mother father mom mum mommy dad daddy son daughter "
	  "husband wife uncle aunt cousin grandma grandpa grandmother grandfather parent bride groom "
	  "boyfriend girlfriend king queen prince princess president minister senator governor mayor "
	  "politician leader candidate soldier officer cop policeman policewoman firefighter fireman "
	  "doctor nurse teacher student professor coach manager captain goalkeeper goalie quarterback "
	  "striker midfielder defender pitcher batter catcher boxer wrestler fighter runner cyclist "
	  "rider driver pilot skier snowboarder surfer skater swimmer athlete champion winner rookie "
	  "worker chef waiter farmer fisherman hunter photographer reporter journalist author writer "
	  "director producer comedian host guest speaker protester supporter voter citizen tourist "
	  "passenger pedestrian neighbor dude bro bloke selfie face portrait bystander cheerleader "
	  "drummer guitarist dj monk priest pope rabbi imam nun lawyer judge scientist astronaut "
	  "chairman chairwoman spokesman spokeswoman businessman businesswoman congressman congresswoman "
	  "commissioner councillor ambassador sheriff refugee migrant immigrant veteran feminist activist "
	  "democrat republican liberal conservative backpacker traveler traveller shopper gamer blogger "
	  "youtuber cosplayer magician violinist pianist vocalist cfo legend veterinarian",
	  "people crowd team band family couple crew audience squad group police public choir staff "
	  "duo trio folk youth gang army troop class",
	  "" },
	{ "bicycle", "bicycle bike cycle tandem", "", "" },
	{ "car", "car automobile sedan suv taxi cab jeep convertible coupe hatchback limousine limo "
		 "minivan van supercar racecar",
	  "traffic", "" },
	{ "motorcycle", "motorcycle motorbike scooter moped harley vespa", "", "" },
	{ "airplane", "airplane aeroplane plane aircraft jet airliner jetliner biplane", "", "" },
	{ "bus", "bus coach_bus minibus", "", "" },
	{ "train", "train locomotive tram subway metro railway", "", "" },
	{ "truck", "truck lorry pickup tractor firetruck fire_truck trailer", "", "" },
	{ "boat", "boat ship yacht canoe kayak ferry sailboat vessel gondola raft dinghy cruise_ship", "fleet",
	  "" },
	{ "traffic light", "traffic_light stoplight traffic_signal", "", "" },
	{ "fire hydrant", "fire_hydrant hydrant", "", "" },
	{ "stop sign", "stop_sign", "", "" },
	{ "parking meter", "parking_meter", "", "" },
	{ "bench", "bench", "", "" },
	{ "bird", "bird duck goose swan pigeon seagull gull parrot owl eagle hawk falcon crow raven "
		  "sparrow robin penguin flamingo chicken hen rooster turkey heron pelican peacock "
		  "hummingbird duckling",
	  "flock", "" },
	{ "cat", "cat kitten kitty feline tabby", "", "" },
	{ "dog", "dog puppy pup doggy doggo hound canine terrier bulldog poodle labrador retriever husky "
		 "beagle chihuahua dachshund corgi pug spaniel",
	  "", "" },
	{ "horse", "horse pony foal stallion mare colt", "", "" },
	{ "sheep", "sheep lamb ram ewe", "", "" },
	{ "cow", "cow calf bull ox buffalo bison", "cattle herd", "" },
	{ "elephant", "elephant", "", "" },
	{ "bear", "bear panda grizzly", "", "" },
	{ "zebra", "zebra", "", "" },
	{ "giraffe", "giraffe", "", "" },
	{ "backpack", "backpack rucksack knapsack", "", "" },
	{ "umbrella", "umbrella parasol", "", "" },
	{ "handbag", "handbag purse clutch tote", "", "" },
	{ "tie", "tie necktie bow_tie", "", "" },
	{ "suitcase", "suitcase briefcase", "luggage baggage", "" },
	{ "frisbee", "frisbee", "", "" },
	{ "skis", "ski skis", "", "" },
	{ "snowboard", "snowboard", "", "" },
	{ "sports ball", "sports_ball ball football basketball baseball volleyball soccer_ball softball "
			 "tennis_ball rugby_ball golf_ball",
	  "", "" },
	{ "kite", "kite", "", "" },
	{ "baseball bat", "baseball_bat bat", "", "" },
	{ "baseball glove", "baseball_glove mitt", "", "" },
	{ "skateboard", "skateboard longboard", "", "" },
	{ "surfboard", "surfboard", "", "" },
	{ "tennis racket", "tennis_racket tennis_racquet racket racquet", "", "" },
	{ "bottle", "bottle beer_bottle wine_bottle", "", "" },
	{ "wine glass", "wine_glass wineglass goblet", "", "" },
	{ "cup", "cup mug teacup coffee tea latte cappuccino espresso", "", "" },
	{ "fork", "fork", "", "" },
	{ "knife", "knife blade", "", "" },
	{ "spoon", "spoon", "", "" },
	{ "bowl", "bowl", "", "" },
	{ "banana", "banana", "", "" },
	{ "apple", "apple", "", "" },
	{ "sandwich", "sandwich burger hamburger cheeseburger sub", "", "" },
	{ "orange", "orange tangerine clementine", "", "" },
	{ "broccoli", "broccoli", "", "" },
	{ "carrot", "carrot", "", "" },
	{ "hot dog", "hot_dog hotdog", "", "" },
	{ "pizza", "pizza", "", "" },
	{ "donut", "donut doughnut", "", "" },
	{ "cake", "cake cupcake birthday_cake cheesecake", "", "" },
	{ "chair", "chair armchair stool", "", "" },
	{ "couch", "couch sofa loveseat", "", "" },
	{ "potted plant", "potted_plant pottedplant plant houseplant", "", "" },
	{ "bed", "bed mattress", "", "" },
	{ "dining table", "dining_table diningtable table desk", "", "" },
	{ "toilet", "toilet", "", "" },
	{ "tv", "tv television tvmonitor monitor screen telly tv_set", "", "" },
	{ "laptop", "laptop notebook_computer macbook chromebook computer pc", "", "" },
	{ "mouse", "computer_mouse mouse", "", "" },
	{ "remote", "remote remote_control", "", "" },
	{ "keyboard", "keyboard", "", "" },
	{ "cell phone", "cell_phone cellphone phone mobile smartphone iphone telephone mobile_phone", "", "" },
	{ "microwave", "microwave", "", "" },
	{ "oven", "oven stove", "", "" },
	{ "toaster", "toaster", "", "" },
	{ "sink", "sink", "", "" },
	{ "refrigerator", "refrigerator fridge freezer", "", "" },
	{ "book", "book novel textbook paperback cookbook comic_book", "", "" },
	{ "clock", "clock", "", "" },
	{ "vase", "vase", "", "" },
	{ "scissors", "scissors", "", "" },
	{ "teddy bear", "teddy_bear teddy plush stuffed_animal", "", "" },
	{ "hair dryer", "hair_dryer hair_drier hairdryer", "", "" },
	{ "toothbrush", "toothbrush", "", "" },
	{ "animal", "animal pet creature beast mammal critter", "wildlife livestock",
	  "bird cat dog horse sheep cow elephant bear zebra giraffe" },
	{ "vehicle", "vehicle ride wheels", "",
	  "car truck bus motorcycle bicycle train boat airplane" },
	{ "food", "food meal snack dish", "breakfast lunch dinner brunch",
	  "banana apple sandwich orange broccoli carrot hot_dog pizza donut cake" },
	{ "fruit", "fruit", "", "banana apple orange" },
	{ "drink", "drink beverage beer wine cocktail", "", "bottle wine_glass cup" },
	{ "bag", "bag", "", "backpack handbag suitcase" },
	{ "furniture", "seat", "furniture", "chair couch bench bed dining_table" },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const struct {
	const char *many, *one;
} irregular[] = {
	{ "men", "man" },           { "women", "woman" },       { "children", "child" },
	{ "gentlemen", "gentleman" }, { "policemen", "policeman" }, { "firemen", "fireman" },
	{ "fishermen", "fisherman" }, { "mice", "mouse" },        { "geese", "goose" },
	{ "oxen", "ox" },           { "knives", "knife" },      { "wives", "wife" },
	{ "calves", "calf" },
};

/* A phrase in lower-case words without marks; links such as "of" are words too. */
struct words {
	char text[PHRASE_WORDS][WORD_BYTES];
	int n;
};

/* Is the word (of `length` bytes, blanks within it) in a list? */
static bool in_list(const char *list, const char *word, size_t length)
{
	while (*list) {
		size_t n = strcspn(list, " "), i = 0;

		while (i < n && i < length && (list[i] == word[i] || (list[i] == '_' && word[i] == ' ')))
			i++;
		if (i == n && i == length)
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

static const struct concept *find_singular(const char *word, size_t length, bool *crowd)
{
	for (size_t i = 0; i < COUNT(concepts); i++) {
		*crowd = in_list(concepts[i].crowds, word, length);
		if (*crowd || in_list(concepts[i].words, word, length))
			return &concepts[i];
	}
	return NULL;
}

/* English plurals: ponies, buses, dogs. */
static const struct concept *find_plural(const char *word, size_t length)
{
	char one[WORD_BYTES * 2 + 2];
	const struct concept *found = NULL;
	bool crowd;

	if (length < 3 || length + 1 > sizeof(one) || word[length - 1] != 's' || word[length - 2] == 's')
		return NULL;
	if (length > 4 && memcmp(word + length - 3, "ies", 3) == 0) {
		memcpy(one, word, length - 3);
		one[length - 3] = 'y';
		found = find_singular(one, length - 2, &crowd);
	}
	if (!found && word[length - 2] == 'e')
		found = find_singular(word, length - 2, &crowd);
	return found ? found : find_singular(word, length - 1, &crowd);
}

static const struct concept *find_word(const char *word, bool *many)
{
	size_t length = strlen(word);
	const struct concept *found = find_singular(word, length, many);

	if (found)
		return found;
	*many = true;
	for (size_t i = 0; i < COUNT(irregular); i++)
		if (strcmp(word, irregular[i].many) == 0)
			return find_word(irregular[i].one, &(bool){ false });
	return find_plural(word, length);
}

static bool is_word_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* Bytes of an apostrophe, straight or curly (U+2019), at `text`; 0 for none. */
static size_t apostrophe(const char *text)
{
	if (*text == '\'')
		return 1;
	return strncmp(text, "\xe2\x80\x99", 3) == 0 ? 3 : 0;
}

/* Words longer than WORD_BYTES are in no list and are left out; so is "'s". */
static void split_words(const char *phrase, struct words *words)
{
	words->n = 0;
	while (*phrase && words->n < PHRASE_WORDS) {
		size_t length = 0, skip = apostrophe(phrase);
		char *word = words->text[words->n];

		if (skip) {
			phrase += skip;
			while (is_word_byte((unsigned char)*phrase) && !apostrophe(phrase))
				phrase++;
			continue;
		}
		for (; is_word_byte((unsigned char)*phrase) && !apostrophe(phrase); phrase++, length++)
			if (length < WORD_BYTES - 1)
				word[length] = (char)(*phrase >= 'A' && *phrase <= 'Z' ? *phrase + 32 : *phrase);
		if (length == 0) {
			phrase++;
		} else if (length < WORD_BYTES) {
			word[length] = '\0';
			words->n++;
		}
	}
}

/* The head of the words first .. end - 1 is the last of them, or the last two together. */
static const struct concept *find_head(const struct words *words, int first, int end, bool *many)
{
	const struct concept *found = NULL;
	char pair[2 * WORD_BYTES];

	if (end - first >= 2) {
		snprintf(pair, sizeof(pair), "%s %s", words->text[end - 2], words->text[end - 1]);
		found = find_word(pair, many);
	}
	if (!found && end > first)
		found = find_word(words->text[end - 1], many);
	return found;
}

const struct concept *object_words_find(const char *phrase, bool *many)
{
	static const char links[] = "of in on at with for from by to and or that who which near under";
	struct words words;
	int first = 0;

	*many = false;
	split_words(phrase, &words);
	while (first < words.n) {
		const struct concept *found;
		int end = first;

		while (end < words.n && !in_list(links, words.text[end], strlen(words.text[end])))
			end++;
		found = find_head(&words, first, end, many);
		/* "a photo of my cat" asks for the cat, "my home with a cat" does not. */
		if (found || end == words.n || strcmp(words.text[end], "of") != 0)
			return found;
		first = end + 1;
	}
	return NULL;
}

const struct concept *object_words_person(void)
{
	return &concepts[0];
}

const struct concept *object_words_of_place(const char *name)
{
	static const struct {
		const char *last_words, *concept;
	} cues[] = {
		{ "airport airline airlines airways", "airplane" },
		{ "railway railways railroad railroads amtrak", "train" },
		{ "harbor harbour marina", "boat" },
		{ "speedway raceway motors", "car" },
		{ "zoo safari", "animal" },
	};
	struct words words;
	const char *last;
	bool crowd;

	split_words(name, &words);
	last = words.n ? words.text[words.n - 1] : "";
	for (size_t i = 0; i < COUNT(cues); i++)
		if (in_list(cues[i].last_words, last, strlen(last)))
			return find_singular(cues[i].concept, strlen(cues[i].concept), &crowd);
	return NULL;
}

bool object_words_match(const struct concept *wanted, const struct concept *of_class)
{
	if (!wanted || !of_class)
		return false;
	return wanted == of_class ||
	       in_list(wanted->members, of_class->name, strlen(of_class->name));
}
