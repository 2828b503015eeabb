"""The sentences of the conversation by kind, and the labels of its buttons. Pure.

Every one is whole; names, times and prices are holes in it. ``wording`` fills them.
"""

from collections.abc import Mapping
from typing import Final

from locales import N_

#: kind → sentence; the holes every sentence may use are named in ``_holes``
SENTENCES: Final[Mapping[str, str]] = {
    "greeting": N_("{named}{hello} I am the assistant of {estate}. What can I do for you?"),
    "greeting_again": N_("{named}hello again. Let us go on where we were."),
    "who_am_i": N_("I am the automatic assistant of {estate}, not a person. If you would rather talk to a person, "
                   "{butler} can take over at any time."),
    "butler_number": N_("Your butler {butler} is at {phone}. You can also simply write here."),
    "menu": N_("What is it about? You can also simply write it in your own words."),
    "which": N_("I want to get this right. Which of these do you mean?"),
    "not_understood": N_("Sorry, I did not quite get that. Could you say it once more in other words?"),
    "what_again": N_("I am sorry that it happened again. What has failed, and where is it?"),
    "say_it_differently": N_("Sorry about that. Please tell me once more what you need, in your own words."),
    "out_of_scope": N_("That is outside what I can do here, but your butler may know. I can help with repairs, "
                       "cleaning, fees, errands, complaints and questions about the estate."),
    "handed_over": N_("{named}I would rather have a person look at this. I have passed everything to {who}, who "
                      "will answer by {due} (#{number})."),
    "handed_over_asked": N_("{named}of course. {who} has everything you wrote and will answer by {due} "
                            "(#{number})."),
    "voice_taken": N_("{named}your voice message is with {who}, who will listen to it and answer by {due} "
                      "(#{number})."),
    "failed": N_("{named}something went wrong on our side, and I am sorry. {who} will look at your message "
                 "in person and answer by {due} (#{number})."),
    "needs_link": N_("I would gladly arrange “{name}”. First I need to know which home is yours: please open the "
                     "invitation from your butler, or write the invitation code here."),
    "how_to_link": N_("Your butler or the service desk can give you an invitation: a QR code to scan or a code to "
                      "write here. The desk’s number is {hotline}. You can ask questions and report "
                      "emergencies without one."),
    "how_to_link_phone": N_("You can ask questions and report emergencies here right away. For everything else I need "
                            "to know which home is yours: write the invitation code from your butler or the "
                            "service desk ({hotline}) here, or tap the button below to share your own phone "
                            "number. It is only compared with the estate’s list of residents."),
    "linked": N_("{named}welcome! This chat is now linked to {home}. Your butler is {butler}."),
    "ask_day": N_("Which day suits you?"),
    "ask_part": N_("What time on {day}?"),
    "which_detail": N_("What shall I change?"),
    "change_how": N_("What should be different? Please write it in one sentence."),
    "dropped": N_("All right, I have dropped “{name}”. Nothing has been registered."),
    "no_matter": N_("No problem. If you need anything, simply write it here."),
    "let_go": N_("All right, we leave that. If you need something else, simply write it here."),
    "no_tickets": N_("You have no open requests at the moment."),
    "which_ticket": N_("Which request do you mean?"),
    "none_to_cancel": N_("There is no request that can still be cancelled. I can ask your butler for you."),
    "none_to_change": N_("There is no visit whose time could be changed. I can ask your butler for you."),
    "cancel_ask": N_("Shall I cancel #{number}, “{name}”?"),
    "cancel_ask_timed": N_("Shall I cancel #{number}, “{name}”? If only the agreed time does not suit you, tap "
                           "“Only this time”: your request then stays open."),
    "time_off": N_("All right, nobody will come at that time. #{number} stays open for you: tell me whenever a "
                   "new time suits you, or {who} will agree one with you."),
    "cancelled": N_("{named}I have cancelled #{number}, “{name}”. Write again whenever you need it."),
    "cancel_late": N_("Work on #{number} has already begun. I have told {who} that you would like to stop it."),
    "kept": N_("All right, it stays as it is."),
    "ask_new_time": N_("Which time would suit you better for #{number}?"),
    "reschedule_asked": N_("I have asked {who} to move #{number} to {window}. You will get a confirmation."),
    "thanks_satisfied": N_("{named}thank you, that is good to hear. Is there anything else I can do?"),
    "thanks_partly": N_("{named}thank you for your honesty. {who} will read it. What could we have done better?"),
    "sorry_unsatisfied": N_("{named}what was not right? Please write it here: whoever takes it up again will "
                            "read it."),
    "sorry_heard": N_("{named}what you wrote is passed on to whoever takes it up again. If there is more, please "
                      "write it here."),
    "glad_helped": N_("Good. Is there anything else you would like to know?"),
    "not_helped": N_("{named}someone will look at it again, and you will hear from us here (#{number})."),
    "incident_known": N_("{named}we know about this already, and {who} is on it: {text}\nShall I add your report, so "
                         "that you hear as soon as it is over?"),
    "incident_joined": N_("{named}your report is added (#{number}: {name}). {who} is on it, and you will hear here as "
                          "soon as it is over."),
    "own_accept": N_("{named}thank you, I have noted that you agree (#{number}). {who} goes on with it now."),
    "own_refuse": N_("All right, #{number} is called off: nothing is done and nothing charged. {who} can look for "
                     "another way if you like."),
    "own_sign": N_("{named}thank you, it is signed off (#{number}). {who} will ask you within 24 hours whether "
                   "everything is still right."),
    "own_again": N_("{named}I am sorry. {who} will have it put right (#{number}), and that costs you nothing. What "
                    "is not right yet? Please write it here, or send a photo."),
    "own_mended": N_("Thank you. {who} looks at it with you once more (#{number})."),
    "own_go_ahead": N_("Thank you, noted. The clearance begins now (#{number})."),
    "own_corrected": N_("Thank you, noted. It goes on with us now (#{number})."),
    "own_cover": N_("Thank you. The engineers will inspect it before it is covered up (#{number})."),
    "own_finished": N_("Congratulations. All departments will inspect the work with you (#{number})."),
    "own_ask": N_("I want to get this right, so please tap what you mean for #{number}, “{name}”:"),
    "owner_yes": N_("{named}thank you. Your consent to #{number} is noted, and your tenant is told."),
    "owner_no": N_("{named}thank you. It is noted that you do not agree to #{number}, and your tenant is told."),
    "time_confirmed": N_("{named}thank you, the time for #{number} is confirmed. See you then."),
    "added": N_("Thank you, I have added it to #{number}."),
    "added_alarm": N_("Got it: the duty team has it too (#{number})."),
    "all_clear": N_("{named}I am glad to hear it. I have told the duty team and your butler (#{number}); should "
                    "anything change, write here at once."),
    "ask_details": N_("Please send me what you would like to add to #{number}: words or photos."),
    "photo_about_what": N_("Thank you for the photo. What is it about?"),
    "location_about_what": N_("Thank you for the location. What is it about?"),
    "sticker": N_("Thank you! If there is anything I can do for you, just write it or choose it from the menu."),
    "sticker_form": N_("Thank you! As soon as you answer the question above, we can go on."),
    "unsupported": N_("Sorry, I cannot open this kind of message. You can send me words, photos, voice messages, "
                      "videos, PDF files or a location."),
    "refused_too_large": N_("Sorry, this file is larger than 20 MB and cannot be taken here. Please send a shorter "
                            "video or a smaller file, or tell me about it in words."),
    "refused_kind": N_("Sorry, I cannot open this kind of file. Please send it as a photo, a video or a PDF file, "
                       "or tell me about it in words."),
    "refused_lost": N_("Sorry, this file did not reach us. Please send it once more."),
    "contact_foreign": N_("For everybody’s privacy I only take your own number, shared with the button below. "
                          "If we should reach somebody else, please write their name and number in words."),
    "contact_in_words": N_("For everybody’s privacy I do not take other people’s contact cards. If we should reach "
                           "somebody else, please write their name and number in words."),
    "share_phone": N_("Or tap the button below and share your own phone number. It is only compared with the "
                      "estate’s list of residents."),
    "phone_unknown": N_("Thank you. This number is not on the estate’s list of residents yet. Your butler can add "
                        "it for you."),
    "phone_kept": N_("{named}thank you. I have noted your number, so that your butler can reach you by phone."),
    "phone_known": N_("{named}thank you. We already have a number for you; should it have changed, please tell "
                      "your butler."),
    "code_failed": N_("This invitation code did not work. It may have expired or been used already. Please ask "
                      "your butler for a new one, or call {hotline}."),
    "code_too_many": N_("That was several wrong codes in a row. Please wait ten minutes before you try again, or "
                        "call {hotline} and we will help you."),
    "help": N_("Write to me in your own words: repairs, cleaning, complaints, errands, fees, or any question about "
               "the estate. /menu shows everything, /status your requests, /lang changes the language, and /human "
               "brings you to a person at any time."),
    "lang_which": N_("I can write in Chinese or in English. Which would you like?"),
    "welcome": N_("You are very welcome. {wish}"),
    "welcome_plain": N_("You are very welcome. We are on it."),
    "goodbye_plain": N_("Thank you. We keep at it and you will hear from us here."),
    "goodbye": N_("Thank you for your trust. {wish}"),
    "yes_what": N_("Gladly. What would you like me to do?"),
    "noted_next": N_("I have noted “{name}” as well and will come to it next."),
    "how_to_order": N_("You can do that right here in the chat: I ask for what is still missing, you check it, and it "
                       "is registered."),
    "set_aside": N_("First this one. “{text}” comes right after it."),
    "price_first": N_("“{name}” is paid for: once it is registered, {butler} tells you the price here, and nothing "
                      "begins before you agree."),
    "price_fee": N_("“{name}” goes by the estate’s fee table: once it is registered, {butler} tells you the amount "
                    "here first."),
    "price_included": N_("“{name}” is included in your service charge. You pay nothing extra."),
    "price_free": N_("“{name}” is free of charge."),
    "price_later": N_("Help comes first: what “{name}” costs, if anything, is settled with you afterwards."),
    "button_old": N_("That question is already settled. What else can I do for you?"),
    "complaint_opened": N_("{named}I am sorry this happened, and thank you for telling us. I have registered it as "
                           "#{number}: {detail}\n{who} will see it through, answer by {due} and report back to "
                           "you within 24 hours. Estate hotline: {hotline}."),
    "complaint_opened_away": N_("{named}I am sorry this happened, and thank you for telling us. I have registered "
                                "it as #{number}: {detail}\nIt goes to {who}, not to your butler, and your butler "
                                "cannot see it. You will hear back within 24 hours. Estate hotline: {hotline}."),
    "suggestion_opened": N_("{named}thank you for your suggestion. It is registered as #{number}. {who} gets back "
                            "to you by {due}, and you will hear by {answer_due} whether it is adopted, and why."),
    "enquiry_opened": N_("{named}I will ask for you. {who} gets back to you here by {due}, and you have the "
                         "answer by {answer_due} (#{number})."),
    "praise_opened": N_("{named}thank you, you are too kind. I will gladly pass it on (#{number})."),
    "opened": N_("{named}it is registered as #{number}: {name}. {who} will answer by {due}. "
                 "Is there anything else?"),
    "opened_on": N_("{named}it is registered as #{number}: {name}. {who} will answer by {due}."),
    "opened_at_on": N_("{named}it is registered as #{number}: {name}, {window}. {who} will answer by {due}."),
    "opened_at": N_("{named}it is registered as #{number}: {name}, {window}. {who} will answer by {due}. "
                    "Is there anything else?"),
    "emergency_where": N_("The duty team has been alerted (#{number}). Where exactly are you, and is anyone hurt? "
                          "Only if you are safe: please write it here."),
    "emergency_where_home": N_("The duty team has been alerted for {home} (#{number}). Is it somewhere else, or is "
                               "anyone hurt? Only if you are safe: please write it here."),
    "nudge": N_("{named}“{name}” is not registered yet. Shall I go ahead, or would you like to change anything?"),
    "draft_handed_over": N_("{named}so that nothing is lost, I have passed “{name}” to {who}, who will answer by "
                            "{due} (#{number})."),
}  # fmt: skip

#: the button that shares one's own number
SHARE_PHONE: Final = N_("Share my phone number")

LABELS: Final[Mapping[str, str]] = {
    "join": N_("Yes, add my report"),
    "apart": N_("It is something else"),
    "time_suits": N_("That suits me"),
    "human": N_("Talk to a person"),
    "menu": N_("Menu"),
    "status": N_("My requests"),
    "back": N_("Back"),
    "none_of_these": N_("None of these"),
    "yes": N_("Correct"),
    "change": N_("Change something"),
    "drop": N_("Not needed any more"),
    "asap": N_("As soon as possible"),
    "another_time": N_("Another time"),
    "morning": N_("Morning, 08:00–12:00"),
    "afternoon": N_("Afternoon, 13:00–18:00"),
    "evening": N_("Evening, 18:00–22:00"),
    "any_time": N_("Any time that day"),
    "add_details": N_("Add details"),
    "another_service": N_("Another service"),
    "how_to_link": N_("How do I get an invitation?"),
    "keep": N_("Keep it"),
    "cancel_yes": N_("Yes, cancel it"),
    "cancel_time": N_("Only this time"),
    "urge": N_("Chase #{number}"),
    "cancel_ticket": N_("Cancel #{number}"),
    "ticket": N_("#{number} {name}"),
    "hours": N_("{n} hours"),
    "consent_yes": N_("Yes, the owner agrees"),
    "consent_no": N_("Not yet"),
}
#: messages whose buttons are a list of rows rather than a few choices
LISTS: Final = frozenset({"greeting", "linked", "menu", "menu_level", "which_ticket", "ask_day"})
