#!/usr/bin/env python3
"""An adapter between a telephone switch and rotad, to begin with. Its switch is a terminal: a line that is typed is what
happens on the phones, a line that is printed is what a switch would do. Replace class Switch by yours.

    adapter.py [SOCKET]

typed:    arrive CALL NUMBER QUEUE | answer REP CALL | busy REP CALL | hangup CALL [agent]
printed:  ring REP CALL | silence REP CALL | connect REP CALL | end CALL REASON
"""
import asyncio, os, shlex, sys

EVENTS = "call.offered,call.answered,call.ended,call.returned,offer.ended"


class Switch:
    """What a switch does when it is told, and the calls it has."""

    def __init__(self):
        self.calls, self.ringing = set(), {}  # its live calls; which call rings at which rep

    def ring(self, rep, call):
        if self.ringing.get(rep) != call:
            self.ringing[rep] = call
            print("ring", rep, call, flush=True)

    def silence(self, rep):
        if rep in self.ringing:
            print("silence", rep, self.ringing.pop(rep), flush=True)

    def connect(self, rep, call):
        self.ringing.pop(rep, None)
        print("connect", rep, call, flush=True)

    def end(self, call, reason):
        for rep in [rep for rep, ringing in self.ringing.items() if ringing == call]:
            self.silence(rep)
        if call in self.calls:
            self.calls.remove(call)
            print("end", call, reason, flush=True)


class Rota:
    """The daemon's socket: requests in order, each answered once; events in between; connected again when it is gone."""

    def __init__(self, path, switch):
        self.path, self.switch, self.writer, self.asked, self.unanswered = path, switch, None, 0, {}

    def ask(self, request):
        """Sends a request. What has no answer when the connection goes is sent again: its key makes it happen once."""
        self.asked += 1
        self.unanswered[f"t{self.asked}"] = request
        if self.writer:
            self.writer.write(f"#t{self.asked} {request}\n".encode())

    async def serve(self):
        while True:
            try:
                reader, self.writer = await asyncio.open_unix_connection(self.path)
                self.begin()
                while line := await reader.readline():
                    self.hear(line.decode().rstrip("\n"))
            except OSError:
                pass
            self.writer = None
            await asyncio.sleep(0.5)

    def begin(self):
        """A new connection: first what the daemon should know, then what it has in mind, then what is still open."""
        again = [request for request in self.unanswered.values() if not request.startswith(("feed.", "subscribe "))]
        self.unanswered = {}
        # More than some 190 names do not fit into a line; a switch of that size compares the rows of calls instead.
        self.ask(f"feed.sync calls={','.join(sorted(self.switch.calls)) or 'none'}")
        self.ask(f"subscribe adapter types={EVENTS} from=snapshot")
        for request in again:
            self.ask(request)

    def hear(self, line):
        words = shlex.split(line)
        fields = dict(word.split("=", 1) for word in words if "=" in word)
        call, rep = fields.get("call"), fields.get("agent")
        kind = words[0][0]
        if kind in "+-":  # a reply; a number in 4xx may be asked again later
            request = self.unanswered.pop(words[0][2:], None)
            if kind == "-":
                print("refused", request, "--", fields.get("text", line), file=sys.stderr, flush=True)
        elif words[:2] == ["%", "unsubscribed"]:  # it has not come far enough: begin with what is now
            self.ask(f"subscribe adapter types={EVENTS} from=snapshot")
        elif kind == "*" and words[1].startswith("call=") and fields.get("state") == "ringing" and rep:  # of the snapshot
            self.switch.ring(rep, call)
        elif kind == "!":
            event = words[2]
            if event == "call.offered":
                self.switch.ring(rep, call)
                self.ask(f"call.ringing {call} agent={rep}")
            elif event == "offer.ended":
                self.switch.silence(rep)
            elif event == "call.answered":
                self.switch.connect(rep, call)
            elif event == "call.ended":
                self.switch.end(call, fields.get("reason", ""))

    def happened(self, what, *words):
        """Something happened on the phones."""
        if what == "arrive":
            call, number, queue = words
            self.switch.calls.add(call)
            self.ask(f'call.arrive {call} queue={queue} from="{number}" key=arrive:{call}')
        elif what == "answer":
            self.ask(f"call.accept {words[1]} agent={words[0]}")
        elif what == "busy":
            self.ask(f"call.unreachable {words[1]} agent={words[0]}")
        elif what == "hangup":
            # No key: repeated, it is refused, and ends nobody else's leg. by=agent names the rep: "hangup 7 agent alice".
            by = words[1] if len(words) > 1 else "caller"
            self.ask(f"call.hang-up {words[0]} by={by}" + (f" agent={words[2]}" if len(words) > 2 else ""))


async def main():
    rota = Rota(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ROTA_SOCKET", "/run/rota/control.sock"), Switch())
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    serving = asyncio.create_task(rota.serve())
    while line := await lines.readline():
        if words := line.decode().split():
            rota.happened(*words)
    serving.cancel()


asyncio.run(main())
