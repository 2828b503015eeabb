"""What the service plans list, step for step (WF-01 to WF-26), and what may be done at each step.

Lines of STEPS leave out what happens before a ticket is born. Behind the bar stands what is our own:
withdrawing before work starts, a first step for what is born by asking, and a way to the rework that charges
nobody.
"""

STEPS = {
    "repair": """
        confirmed > triaged cancelled
        triaged > declined quoted moved_to_warranty assigned | cancelled
        quoted > assigned cancelled
        assigned > on_site rescheduled cancelled
        on_site > diagnosed
        rescheduled > assigned | cancelled
        diagnosed > waiting_parts quoted done
        waiting_parts > assigned
        done > followed_up
        followed_up > closed rework
        rework > assigned
    """,
    "paid": """
        requested > quoted cancelled
        quoted > accepted cancelled
        accepted > scheduled | cancelled
        scheduled > in_service cancelled
        in_service > signed_off rework
        signed_off > charged bad_faith_unpaid | rework
        rework > in_service
        charged > followed_up
        bad_faith_unpaid > charged
        followed_up > closed rework
    """,
    "complaint": """
        registered > classified withdrawn
        classified > assigned explained
        assigned > handled
        explained > fed_back
        handled > fed_back
        fed_back > followed_up
        followed_up > closed reopened_as_new
    """,
    "suggestion": """
        received > registered | cancelled
        registered > explained under_review | cancelled
        explained > replied
        under_review > consulting adopted not_adopted
        consulting > under_review
        adopted > replied
        not_adopted > replied
        replied > closed
    """,
    "enquiry": """
        taken > researching | cancelled
        researching > answered | cancelled
        answered > closed taken
    """,
    "housekeeping": """
        booked > assigned cancelled
        assigned > on_site | cancelled
        on_site > finished
        finished > signed rework
        signed > settled | rework
        rework > on_site
        settled > followed_up
        followed_up > closed rework
    """,
    "benefit": """
        card_issued > verified rejected | cancelled
        verified > agreed | cancelled
        agreed > issued
        issued > reserved
        reserved > issued part_redeemed redeemed
        part_redeemed > reserved redeemed
        redeemed > settled
        settled > closed
    """,
    "move_in": """
        requested > | notified cancelled
        notified > booked | cancelled
        booked > notified verified docs_missing | cancelled
        verified > inspected
        docs_missing > booked | cancelled
        inspected > snag_open accepted
        snag_open > inspected | contractor_told
        contractor_told > inspected
        accepted > paid
        paid > active
    """,
    "move_out": """
        requested > owner_consented refused | cancelled
        owner_consented > eng_cleared | cancelled
        eng_cleared > fin_cleared
        fin_cleared > sec_cleared
        sec_cleared > keys_returned
        keys_returned > released
        released > closed
    """,
    "decoration": """
        submitted > incomplete drawing_review | cancelled
        incomplete > submitted | cancelled
        drawing_review > revise fire_review | cancelled
        revise > drawing_review | cancelled
        fire_review > permitted revise | cancelled
        permitted > in_progress | cancelled
        in_progress > violation concealed_check completion_check
        violation > in_progress
        concealed_check > in_progress
        completion_check > in_progress accepted
        accepted > closed
    """,
    "parking": """
        requested > waiting verified | cancelled
        waiting > requested | cancelled
        verified > active | cancelled
        active > ended
    """,
    "warranty": """
        registered > notified | cancelled
        notified > in_work overdue | cancelled
        in_work > done overdue
        overdue > done
        done > followed_up
        followed_up > closed notified
    """,
    "visit": """
        requested > | booked cancelled
        booked > booked_again visited | cancelled
        booked_again > visited | cancelled
        visited > answered pending
        answered > filed
        pending > answered
    """,
    "handover": """
        written > read
        read > accepted refused
        accepted > reviewed
        refused > written
    """,
    "online_info": """
        browsed > nothing classified | cancelled
        classified > replied | cancelled
        replied > closed
    """,
    "booking": """
        confirmed > offered cancelled
        offered > accepted cancelled
        accepted > booked offered | cancelled
        booked > fulfilled cancelled
        fulfilled > followed_up
        followed_up > closed complained
    """,
    "aid": """
        requested > eligible redirected | cancelled
        eligible > arranged | cancelled
        arranged > done | cancelled
        done > closed
    """,
    "lend": """
        requested > | lent unavailable cancelled
        lent > overdue returned
        overdue > returned
    """,
    "emergency": """
        alerted > accepted false_alarm
        accepted > on_site
        on_site > safe
        safe > followed_up
        followed_up > closed
    """,
    "release_pass": """
        requested > approved refused | cancelled
        approved > released | cancelled
    """,
    "permit": """
        requested > approved refused | cancelled
        approved > expired
    """,
    "event": """
        open > signed_up waiting | cancelled
        signed_up > attended cancelled
        waiting > signed_up | cancelled
        attended > closed
    """,
    "records": """
        requested > verified refused | cancelled
        verified > done | cancelled
    """,
    "standing_report": """
        reported > merged assigned | cancelled
        assigned > corrected | cancelled
        corrected > checked assigned
        checked > followed_up
        followed_up > closed assigned
    """,
    "provider": """
        candidate > evaluated
        evaluated > rejected contracted
        contracted > active
        active > suspended
        suspended > active ended
    """,
    "referral": """
        registered > confirmed lapsed | cancelled
        confirmed > rewarded
    """,
    "general": """
        received > | accepted cancelled
        accepted > | in_work cancelled
        in_work > | done
        done > | followed_up
        followed_up > | closed rework
        rework > | in_work
    """,
}

#: steps > what may be done there; reply and note always may, accept until somebody has, pause until it is
#: done
ACTIONS = {
    "repair": """
        confirmed triaged quoted assigned rescheduled > assign schedule check_in complete sign_off cancel
        on_site diagnosed > assign schedule complete sign_off
        waiting_parts rework > assign schedule check_in complete sign_off
        done > sign_off follow_up
        followed_up > follow_up
    """,
    "paid": """
        requested quoted accepted scheduled > assign schedule check_in complete sign_off cancel
        in_service > assign schedule complete sign_off
        signed_off > sign_off follow_up
        rework > assign schedule check_in complete sign_off
        charged followed_up > follow_up
    """,
    "complaint": """
        registered > assign classify complete feedback cancel
        classified assigned > assign classify complete feedback
        explained handled > assign classify feedback
        fed_back followed_up > classify follow_up
    """,
    "suggestion": """
        received registered > assign decide cancel
        explained > assign
        under_review consulting adopted not_adopted > assign decide
        replied > complete follow_up
    """,
    "enquiry": """
        taken researching > assign answer cancel
        answered > complete follow_up
    """,
    "housekeeping": """
        booked assigned > assign schedule check_in complete sign_off cancel
        on_site > assign schedule complete sign_off
        finished > sign_off follow_up
        signed settled followed_up > follow_up
        rework > assign schedule check_in complete sign_off
    """,
    "benefit": """
        card_issued verified > assign schedule complete cancel
        agreed issued reserved part_redeemed > assign schedule complete
        redeemed settled > follow_up
    """,
    "move_in": """
        requested notified booked docs_missing > assign schedule check_in complete sign_off cancel
        verified snag_open contractor_told > assign schedule check_in complete sign_off
        inspected > assign schedule complete sign_off
        accepted paid > assign schedule complete
    """,
    "move_out": """
        requested owner_consented > assign schedule complete cancel
        eng_cleared fin_cleared sec_cleared keys_returned > assign schedule complete
        released > follow_up
    """,
    "decoration": """
        submitted incomplete drawing_review revise fire_review > assign schedule check_in complete cancel
        permitted > assign schedule check_in complete sign_off cancel
        in_progress violation concealed_check completion_check > assign schedule complete sign_off
        accepted > follow_up
    """,
    "parking": """
        requested waiting verified > assign complete cancel
        active > complete
    """,
    "warranty": """
        registered notified > assign schedule check_in complete sign_off cancel
        in_work overdue > assign schedule complete sign_off
        done > sign_off follow_up
        followed_up > follow_up
    """,
    "visit": """
        requested booked booked_again > assign schedule check_in complete cancel
        visited pending > assign schedule complete answer
        answered > follow_up
    """,
    "handover": """
        written read refused > assign complete
        accepted > complete
    """,
    "online_info": """
        browsed classified > assign complete answer cancel
        replied > follow_up
    """,
    "booking": """
        confirmed offered accepted > assign schedule check_in complete sign_off cancel
        booked > assign schedule complete sign_off cancel
        fulfilled > sign_off follow_up
        followed_up > follow_up
    """,
    "aid": """
        requested eligible arranged > assign schedule complete cancel
        done > follow_up
    """,
    "lend": """
        requested > assign check_in complete cancel
        lent overdue > assign complete
    """,
    "emergency": """
        alerted > assign check_in complete cancel
        accepted > assign check_in complete
        on_site > assign complete
        safe followed_up > follow_up
    """,
    "release_pass": """
        requested approved > assign schedule complete cancel
    """,
    "permit": """
        requested > assign schedule complete cancel
    """,
    "event": """
        open signed_up waiting > assign check_in complete cancel
        attended > follow_up
    """,
    "records": """
        requested verified > assign complete cancel
    """,
    "standing_report": """
        reported assigned > assign schedule complete cancel
        corrected > assign schedule complete
        checked followed_up > follow_up
    """,
    "provider": """
        candidate evaluated contracted suspended > assign complete
    """,
    "referral": """
        registered > assign complete cancel
        confirmed > assign complete
    """,
    "general": """
        received accepted > assign schedule check_in complete sign_off cancel
        in_work > assign schedule complete sign_off
        done > sign_off follow_up
        followed_up > follow_up
        rework > assign schedule check_in complete sign_off
    """,
}
