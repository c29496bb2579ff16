import Journal

/// The statements of the projector, prepared once.
struct Statements {
  let calls: CallStatements
  let offers: OfferStatements
  let transfers: TransferStatements
  let requests: RequestStatements
  let handlings: HandlingStatements

  init(_ database: Database) throws(DatabaseError) {
    calls = try CallStatements(database)
    offers = try OfferStatements(database)
    transfers = try TransferStatements(database)
    requests = try RequestStatements(database)
    handlings = try HandlingStatements(database)
  }
}

/// The statements about calls and their way through queues.
struct CallStatements {
  let openCall: Statement
  let answerCall: Statement
  let holdBy: Statement
  let endCall: Statement
  let hold: Statement
  let resume: Statement
  let remind: Statement
  let undocumented: Statement
  let documented: Statement
  let markChanged: Statement
  let enterQueue: Statement
  let leaveQueue: Statement

  init(_ database: Database) throws(DatabaseError) {
    openCall = try database.prepare(
      """
      INSERT OR REPLACE INTO calls(id, name, direction, queue, from_number, to_number, caller_name,
        priority, purpose, arrived_us, agent) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)
      """)
    answerCall = try database.prepare(
      "UPDATE calls SET answered_us = coalesce(answered_us, ?2) WHERE id = ?1")
    holdBy = try database.prepare(
      "UPDATE calls SET agent = ?2 WHERE id = ?1")
    endCall = try database.prepare(
      "UPDATE calls SET ended_us = ?2, end_reason = ?3 WHERE id = ?1")
    hold = try database.prepare(
      "UPDATE calls SET holds = holds + 1, held_since_us = ?2 WHERE id = ?1")
    resume = try database.prepare(
      """
      UPDATE calls SET hold_us = hold_us + ?2 - held_since_us, held_since_us = NULL
      WHERE id = ?1 AND held_since_us IS NOT NULL
      """)
    remind = try database.prepare(
      "UPDATE calls SET hold_reminders = hold_reminders + 1 WHERE id = ?1")
    undocumented = try database.prepare(
      "UPDATE calls SET undocumented = 1 WHERE id = ?1")
    documented = try database.prepare("UPDATE calls SET undocumented = 0 WHERE id = ?1")
    markChanged = try database.prepare("UPDATE calls SET changed_seq = ?2 WHERE id = ?1")
    enterQueue = try database.prepare(
      """
      INSERT INTO queue_visits(call_id, queue, entered_us, short_us, threshold_us, waiting_since_us)
      VALUES(?1,?2,?3,?4,?5,coalesce(?6, (SELECT waiting_since_us FROM queue_visits
        WHERE call_id = ?1 ORDER BY rowid DESC LIMIT 1), ?3))
      """)
    leaveQueue = try database.prepare(
      """
      UPDATE queue_visits SET left_us = ?2, outcome = ?3 WHERE call_id = ?1 AND left_us IS NULL
      """)
  }
}

/// The statements about offers.
struct OfferStatements {
  let openOffer: Statement
  let ringOffer: Statement
  let endOffer: Statement
  let offerQueue: Statement
  let countOffer: Statement
  let countRefusal: Statement
  let explain: Statement

  init(_ database: Database) throws(DatabaseError) {
    openOffer = try database.prepare(
      """
      INSERT OR REPLACE INTO offers(offer, call_id, call, queue, agent, attempt, offered_us)
      VALUES(?1,?2,?3,?4,?5,(SELECT 1 + count(*) FROM offers WHERE call_id = ?2),?6)
      """)
    ringOffer = try database.prepare(
      "UPDATE offers SET ringing_us = ?2 WHERE offer = ?1")
    endOffer = try database.prepare(
      """
      UPDATE offers SET ended_us = ?2, outcome = ?3, refused = ?4,
        rings = 1 + (?2 - coalesce(ringing_us, offered_us)) / ?5,
        within_target = CASE WHEN ?3 = 'answered'
          THEN (?2 - coalesce(ringing_us, offered_us)) <= ?5 * ?6 END
      WHERE offer = ?1
      """)
    offerQueue = try database.prepare(
      "SELECT queue FROM offers WHERE offer = ?1")
    countOffer = try database.prepare(
      "UPDATE calls SET offers = offers + 1 WHERE id = ?1")
    explain = try database.prepare(
      "UPDATE offers SET explained = 1, explanation = ?2 WHERE offer = ?1")
    countRefusal = try database.prepare(
      "UPDATE calls SET refused_offers = refused_offers + 1 WHERE id = ?1")
  }
}

/// The statements about transfers.
struct TransferStatements {
  let openTransfer: Statement
  let transferAgent: Statement
  let answerTransfer: Statement
  let confirmTransfer: Statement
  let endTransfer: Statement
  let countTransfer: Statement
  let preventedBlind: Statement

  init(_ database: Database) throws(DatabaseError) {
    openTransfer = try database.prepare(
      """
      INSERT OR REPLACE INTO transfers(transfer, call_id, call, holder, target, who, about,
        started_us) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)
      """)
    transferAgent = try database.prepare(
      "UPDATE transfers SET agent = ?2 WHERE transfer = ?1")
    answerTransfer = try database.prepare(
      "UPDATE transfers SET answered_us = ?2 WHERE transfer = ?1")
    confirmTransfer = try database.prepare(
      "UPDATE transfers SET confirmed_us = ?2 WHERE transfer = ?1")
    endTransfer = try database.prepare(
      "UPDATE transfers SET ended_us = ?2, outcome = ?3 WHERE transfer = ?1")
    countTransfer = try database.prepare(
      "UPDATE calls SET transfers = transfers + 1 WHERE id = ?1")
    preventedBlind = try database.prepare(
      "INSERT INTO prevented_blind_transfers VALUES(?1,?2,?3,?4)")
  }
}

/// The statements about the part that each rep has in a call.
struct HandlingStatements {
  let begin: Statement
  let endTalk: Statement
  let startWrapUp: Statement
  let endWrapUp: Statement
  let undocumented: Statement
  let documented: Statement
  let consult: Statement
  let answerConsult: Statement
  let endConsult: Statement

  init(_ database: Database) throws(DatabaseError) {
    begin = try database.prepare(
      "INSERT INTO handlings(call_id, agent, kind, from_us) VALUES(?1,?2,?3,?4)")
    endTalk = try database.prepare(
      "UPDATE handlings SET talked_until_us = ?2 WHERE call_id = ?1 AND talked_until_us IS NULL")
    startWrapUp = try database.prepare(
      """
      UPDATE handlings SET wrap_up_since_us = ?3
      WHERE rowid = (SELECT max(rowid) FROM handlings WHERE call_id = ?1 AND agent = ?2)
      """)
    endWrapUp = try database.prepare(
      """
      UPDATE handlings SET wrap_up_us = wrap_up_us + ?2 - wrap_up_since_us, wrap_up_since_us = NULL
      WHERE agent = ?1 AND wrap_up_since_us IS NOT NULL
      """)
    undocumented = try database.prepare(
      """
      UPDATE handlings SET undocumented = 1
      WHERE rowid = (SELECT max(rowid) FROM handlings WHERE call_id = ?1 AND agent = ?2)
      """)
    documented = try database.prepare(
      "UPDATE handlings SET undocumented = 0 WHERE call_id = ?1")
    consult = try database.prepare(
      """
      INSERT INTO consultations(transfer, call_id, agent, offered_us)
      VALUES(?1, coalesce((SELECT call_id FROM transfers WHERE transfer = ?1), 0), ?2, ?3)
      """)
    answerConsult = try database.prepare(
      "UPDATE consultations SET answered_us = ?2 WHERE transfer = ?1 AND ended_us IS NULL")
    endConsult = try database.prepare(
      "UPDATE consultations SET ended_us = ?2, outcome = ?3 WHERE transfer = ?1 AND ended_us IS NULL"
    )
  }
}

/// The statements about outbound requests and the states of reps.
struct RequestStatements {
  let openRequest: Statement
  let findRequest: Statement
  let grantRequest: Statement
  let endRequest: Statement
  let openState: Statement
  let closeState: Statement

  init(_ database: Database) throws(DatabaseError) {
    openRequest = try database.prepare(
      """
      INSERT INTO outbound_requests(request, agent, purpose, to_number, requested_us, outcome,
        rule, queue) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)
      """)
    findRequest = try database.prepare(
      "SELECT 1 FROM outbound_requests WHERE request = ?1 AND outcome = 'waiting'")
    grantRequest = try database.prepare(
      """
      UPDATE outbound_requests SET granted_us = ?2, ended_us = ?2, call = ?3, outcome = 'granted'
      WHERE request = ?1
      """)
    endRequest = try database.prepare(
      "UPDATE outbound_requests SET ended_us = ?2, outcome = ?3 WHERE request = ?1")
    openState = try database.prepare(
      """
      INSERT INTO agent_states(agent, availability, activity, reason, from_us)
      VALUES(?1,?2,?3,?4,?5)
      """)
    closeState = try database.prepare(
      "UPDATE agent_states SET to_us = ?2 WHERE agent = ?1 AND to_us IS NULL")
  }
}
