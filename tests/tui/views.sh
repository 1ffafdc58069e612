#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The list, a tweet, wide and joined characters, folding, findings, help, search, narrow screens.
. "$(dirname "$0")/terminal"

review NO_COLOR=1
screen list
keys End
screen list-end
keys Home Enter
screen sentence
keys ]
wait_for 'IMGID:102'
screen joined-characters
keys ] Tab
wait_for '"US"'
screen long-word
keys ] End
wait_for 'time'
screen scrolled
keys ]
wait_for 'tag-orphan-inside'
screen findings
keys ]
wait_for '6/30'
screen without-prediction
keys '?'
screen help
keys q q
wait_for 'DFS'
keys / BERLIN
wait_for '>      8'
screen search
keys Escape
screen search-cancelled
keys / 横浜 Enter Enter
wait_for '5/30'
screen search-opened
keys '?'
wait_for 'keys of tagsight'
keys End
screen help-end
keys q
wait_for '5/30'
on resize-window -x 40 -y 12
wait_for '5/30'
screen small
on resize-window -x 132 -y 43
screen large
finish
