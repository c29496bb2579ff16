/// The call log of a bank, January to December 1999: Mandelbaum, Sakov, Zeltyn, "Empirical analysis of a
/// call center" (Technion, 2000).
public enum Bank1999 {
  private static let columns = 16

  /// Reads a month of it.
  ///
  /// A caller goes through a menu (`vru_*`), may wait in the queue (`q_*`) and may be served (`ser_*`). Times
  /// of 0:00:00 mean that the part did not take place. Priority 2 is high; such callers enter with 90 s of
  /// waiting credit.
  public static func read(_ text: String, file: String) -> CallLog {
    var log = CallLog()
    for (number, line) in CallLog.lines(text).dropFirst() {
      log.rows += 1
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let place = "\(file):\(number)"
      guard cells.count == columns else {
        log.leaveOut("another number of columns than 16", at: place)
        continue
      }
      switch call(cells) {
      case .kept(let call): log.calls.append(call)
      case .leftOut(let reason): log.leaveOut(reason, at: place)
      }
    }
    log.sort()
    return log
  }

  private enum Row {
    case kept(LoggedCall)
    case leftOut(String)
  }

  private static func call(_ cells: [String]) -> Row {
    guard cells[4].count == 6, Int(cells[4]) != nil else {
      return .leftOut("the date is not yymmdd")
    }
    let times = [5, 6, 8, 9, 12, 13].map { CallLog.seconds(cells[$0]) }
    guard times.allSatisfy({ $0 != nil }), let wait = Double(cells[10]),
      let service = Double(cells[14])
    else { return .leftOut("a time that is not h:mm:ss") }
    let values = times.compactMap(\.self)
    let (menuEnd, queueStart, queueEnd, serviceStart) = (values[1], values[2], values[3], values[4])
    let isQueued = queueStart > 0
    let date = cells[4]
    let day = "19\(date.prefix(2))-\(date.dropFirst(2).prefix(2))-\(date.suffix(2))"
    var call = LoggedCall(
      day: day, at: isQueued ? queueStart : menuEnd, kind: cells[3].isEmpty ? "?" : cells[3],
      priority: Int(cells[2]) ?? 0, wait: isQueued ? wait : 0,
      outcome: cells[11] == "AGENT" ? .answered : .abandoned,
      handleTime: service, agent: cells[15])
    switch cells[11] {
    case "PHANTOM": return .leftOut("phantom call: the system's own entry, nobody called")
    case "HANG":
      if !isQueued { return .leftOut("hung up in the menu, never entered the queue") }
      call.handleTime = 0
      call.agent = ""
    case "AGENT":
      if service <= 0 { return .leftOut("answered, but no service time") }
      if isQueued, serviceStart > 0, serviceStart < queueStart {
        return .leftOut("served before entering")
      }
    default: return .leftOut("outcome neither AGENT, HANG nor PHANTOM")  // foreign: String
    }
    if isQueued, queueEnd < queueStart { return .leftOut("left the queue before entering it") }
    if call.wait < 0 { return .leftOut("negative wait") }
    return .kept(call)
  }
}
