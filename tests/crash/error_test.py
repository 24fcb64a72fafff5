"""The durable calls fail, once or for a while: programs go on or leave with a message, and nothing is lost."""
import unittest

from sizes import FULL, Tally, all_points, count_calls, evenly, needs_strike

ERRORS = ("EIO", "ENOSPC", "EDQUOT", "ESTALE")


@needs_strike
class Errors(unittest.TestCase):
    def setUp(self):
        self.points = all_points(count_calls())

    def chosen(self, points, wanted):
        chosen = points if FULL else evenly(points, wanted)
        print(f"errors: {len(points)} points, {len(chosen)} of them now")
        return chosen

    def test_one_call_that_fails_changes_nothing(self):
        points = [point._replace(error=error) for point in self.points for error in ERRORS]
        self.assertEqual(Tally("errors").run(self.chosen(points, 11)), [])

    def test_all_calls_that_fail_for_a_while_change_nothing(self):
        points = [point._replace(error=ERRORS[i % len(ERRORS)], span=0.7) for i, point in enumerate(self.points)]
        self.assertEqual(Tally("lasting errors").run(self.chosen(points, 4)), [])


if __name__ == "__main__":
    unittest.main()
