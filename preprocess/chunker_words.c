/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/chunker_words.h"

#include <string.h>

/* Words of one class, apart by blanks. */
struct word_list {
	enum word_class class;
	const char *words;
};

static const struct word_list lists[] = {
	{ WORD_DETERMINER,
	  " the a an this that these those my your ur his her its our their some any no every each "
	  "another all both either neither which whose da tha dis dat mah yo'r such half many few "
	  "several much " },
	{ WORD_PRONOUN,
	  " you it me him us them u ya yall y'all im i'm he's she's it's myself "
	  "yourself himself herself itself ourselves themselves mine yours hers ours theirs whom "
	  "what whatever whoever someone somebody something everyone everybody everything anyone "
	  "anybody anything nobody nothing none em 'em ima imma ive i've i'll i'd you're youre they're "
	  "we're you've we've that's thats what's whats who's whos there's theres id ill " },
	{ WORD_SUBJECT, " i he she we they who " },
	{ WORD_TIME, " today tonight tomorrow yesterday tmrw tmr tomoro 2day 2nite tonite tmw 2morrow 2moro " },
	{ WORD_POSSESSIVE, " 's ' " },
	{ WORD_NUMBER,
	  " one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
	  "hundred thousand million billion dozen " },
	{ WORD_DEGREE, " very so too really pretty quite super soo sooo soooo how rather extremely " },
	{ WORD_ADVERB,
	  " not just now then here there when where why again also still already always never ever "
	  "even only maybe perhaps soon later once twice away back together almost instead anyway else "
	  "yet ago often sometimes probably definitely actually finally seriously literally well far "
	  "online outside inside upstairs downstairs forever everywhere anywhere somewhere nowhere "
	  "right apparently basically honestly especially otherwise earlier alone forward etc rly lately jus jst prolly "
	  "however therefore thus anymore sooner alot " },
	{ WORD_ADJECTIVE,
	  " good new big great last next first second third other same own little small old young best "
	  "better bad worse worst nice happy sad long short high low hot cold cool free live real full "
	  "whole early late hard easy crazy awesome amazing beautiful cute funny sweet black white red "
	  "blue green pink gold brown dark light public private social local national international "
	  "american british english indian african european asian official final main major top special "
	  "favorite favourite fav lovely perfect sick dumb stupid weird strange huge tiny fresh clean "
	  "dirty rich poor strong weak fast slow quick sure sorry ready busy tired bored hungry drunk "
	  "more most less least different several possible available important serious true false wrong "
	  "dead alive open close fine proud excited glad able worth single double upcoming current "
	  "previous recent former latest legit bored mad afraid scared gorgeous sexy hilarious epic lil "
	  "random real-life annual daily weekly monthly yearly global digital mobile super-cute entire "
	  "extra broken sunny rainy nasty lazy ugly fat thin tall deep wide safe healthy fantastic "
	  "wonderful terrible horrible awful incredible brilliant delicious yummy " },
	{ WORD_AUXILIARY,
	  " am is are was were be been being 'm 're 've have has had r isnt isn't wasnt wasn't arent "
	  "aren't havent haven't hasnt hasn't ain't aint " },
	{ WORD_MODAL,
	  " 'll 'd do does did ca wo can could will would shall should may might must cannot gonna gotta "
	  "wanna dont don't cant can't wont won't didnt didn't doesnt doesn't couldnt couldn't "
	  "shouldnt shouldn't wouldnt wouldn't n't let lets let's finna tryna gon bouta please pls " },
	{ WORD_VERB,
	  " ai dnt get gets got "
	  "go goes went gone make makes made take takes took taken come comes came see sees saw seen "
	  "know knows knew think thinks thought want wants need needs say says said tell tells told ask "
	  "asks give gives gave given find finds found feel feels felt leave leaves put keep keeps kept "
	  "begin begins seem seems seemed hear heard play plays run runs ran move like "
	  "live lives believe hold holds bring brings brought happen happens write writes wrote sit sits "
	  "sat stand stands lose lost loses pay pays paid meet meets met include includes continue learn "
	  "learns change lead leads understand watch watches follow follows stop stops create speak "
	  "speaks read reads spend spent grow grew open opens walk win wins won teach offer remember "
	  "love loves consider appear buy buys bought wait waits serve die dies send sends sent expect "
	  "build stay stays fall fell cut reach kill kills remain suggest raise pass sell sold require "
	  "report decide pull hope hopes miss hate hates wish wishes thank enjoy check try tries eat eats "
	  "ate drink sleep sleeps wake woke look looks looked looking listen turn turns start starts "
	  "help helps show shows call calls bet guess suppose mean means meant agree forget forgot join "
	  "vote add become becomes became set catch caught break broke sing sings sang drive drove wear "
	  "wears throw threw beat beats choose chose shut rock rocks suck sucks sux retweet tweet "
	  "tweets luv wana dnt knw c'mon gettin goin doin trynna lemme gimme finna "
	  "cried cry talk talks work works use uses used cause visit announce announces launches "
	  "explain laugh laughs smile finish fix kick kicks care prefer deserve deserves share "
	  "held spoke done left joins extends features bless bites scores known written driving headed "
	  "forgive forgave worry kiss regret lick spit shine ships " },
	{ WORD_OTHER,
	  " of in on at to for with from by about as into like through after over between out against "
	  "during without before under around among up down off above near across behind beyond past "
	  "via per except since until till than toward towards within upon along despite w/ w/o wit wid "
	  "b4 fo fr frm thro versus and or but nor so if because cuz cos coz bc while although though whether "
	  "unless n & + rt lol lmao lmfao haha hahaha hahahaha hehe omg omfg wow yeah yea yes yep yup no "
	  "nah nope ok okay oh ooh ohh ah ahh aww awww hey hi hello bye thanks thx thank plz "
	  "smh wtf damn dang congrats congratulations yay ugh hmm hm um uh welp xoxo xx xxx btw tbh imo "
	  "ff idk ily rofl whoa woah yo amen cheers ay &lt; &gt; &amp; &quot; :) :( :d ;) :p xd <3 :-) "
	  ";-) :/ =) =d ^_^ -_- dm cc ft feat vs vs. " },
};

int chunker_word_class(const char *lower, size_t length)
{
	char wanted[32];
	size_t n = sizeof(lists) / sizeof(*lists);

	if (length == 0 || length > sizeof(wanted) - 3 || memchr(lower, ' ', length))
		return -1;
	wanted[0] = ' ';
	memcpy(wanted + 1, lower, length);
	wanted[length + 1] = ' ';
	wanted[length + 2] = '\0';
	for (size_t i = 0; i < n; i++)
		if (strstr(lists[i].words, wanted))
			return (int)lists[i].class;
	return -1;
}
