"""Makes the golden values that crates/stats is tested against, from scipy, statsmodels and others.

    python -m venv venv && venv/bin/pip install -r tools/stats-golden/requirements.txt
    venv/bin/python tools/stats-golden/golden.py

Writes crates/stats/tests/golden/*.json. Everything is seeded; a second run changes nothing.
"""

import json
import math
import warnings
from importlib.metadata import version
from pathlib import Path

import krippendorff
import numpy as np
import ppi_py
import scipy
import sklearn
import statsmodels
import statsmodels.api as sm
from scipy import optimize, special, stats
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

OUT = Path(__file__).resolve().parents[2] / "crates" / "stats" / "tests" / "golden"


def samples():
    """Named samples: smooth, skewed, tied, tiny, far from zero, unequal sizes."""
    g = np.random.default_rng(20261101)
    # At most 15 digits, which every JSON reader takes in without rounding.
    return {name: np.round(values, 4) for name, values in {
        "normal_a": g.normal(10, 2, 30),
        "normal_b": g.normal(11, 5, 24),
        "latency_a": np.round(g.lognormal(6, 0.7, 40), 3),
        "latency_b": np.round(g.lognormal(6.2, 0.9, 40), 3),
        "tied_a": g.integers(1, 6, 25).astype(float),
        "tied_b": g.integers(2, 7, 30).astype(float),
        "tiny_a": np.array([1.5, 2.25, 4.75, 3.125]),
        "tiny_b": np.array([2.5, 6.25, 5.0, 9.5, 3.0]),
        "small_a": np.round(g.normal(0, 1, 8), 6),
        "small_b": np.round(g.normal(1, 1, 12), 6),
        "offset_a": 1e5 + g.normal(0, 3, 20),
        "offset_b": 1e5 + g.normal(2, 3, 20),
        "pass_a": g.integers(0, 2, 20).astype(float),
        "pass_b": (g.random(20) < 0.8).astype(float),
    }.items()}


INDEPENDENT = [("normal_a", "normal_b"), ("latency_a", "latency_b"), ("tied_a", "tied_b"),
               ("tiny_a", "tiny_b"), ("small_a", "small_b"), ("offset_a", "offset_b"),
               ("pass_a", "pass_b"), ("small_b", "normal_a")]
PAIRED = [("latency_a", "latency_b"), ("offset_a", "offset_b"), ("pass_a", "pass_b")]


def describe(data):
    def one(x):
        return {"n": len(x), "mean": np.mean(x), "sd": np.std(x, ddof=1), "min": np.min(x),
                "max": np.max(x), "cv": np.std(x, ddof=1) / abs(np.mean(x)),
                **{name: np.quantile(x, q) for name, q in
                   [("median", .5), ("p90", .9), ("p95", .95), ("p99", .99)]},
                "t_interval": stats.t.interval(.95, len(x) - 1, np.mean(x), stats.sem(x))}
    return {name: one(x) for name, x in data.items()}


def independent(data):
    rows = []
    for a_name, b_name in INDEPENDENT:
        a, b = data[a_name], data[b_name]
        welch = stats.ttest_ind(a, b, equal_var=False)
        ci = welch.confidence_interval(.95)
        student = stats.ttest_ind(a, b)
        u = stats.mannwhitneyu(a, b)
        limit = stats.mannwhitneyu(a, b, method="asymptotic")
        delta = np.sign(a[:, None] - b[None, :]).mean()
        pooled = math.sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1))
                           / (len(a) + len(b) - 2))
        d = (a.mean() - b.mean()) / pooled
        m = len(a) + len(b) - 2
        j = math.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2)) / math.sqrt(m / 2)
        row = {
            "a": a_name, "b": b_name, "welch_t": welch.statistic, "welch_p": welch.pvalue,
            "welch_df": welch.df, "welch_interval": [ci.low, ci.high],
            "student_t": student.statistic, "student_p": student.pvalue,
            "u": u.statistic, "mann_whitney_p": u.pvalue, "mann_whitney_limit_p": limit.pvalue,
            "hodges_lehmann": np.median((a[:, None] - b[None, :]).ravel()),
            "cliffs_delta": delta, "a12": (delta + 1) / 2, "cohens_d": d, "hedges_g": d * j,
        }
        if special.comb(len(a) + len(b), len(a)) <= 20_000:
            exact = stats.permutation_test(
                (a, b), lambda x, y, axis: np.abs(x.mean(axis) - y.mean(axis)),
                alternative="greater", vectorized=True, n_resamples=np.inf)
            row["permutation_p"] = exact.pvalue
        rows.append(row)
    return rows


def paired(data):
    rows = []
    extra = {
        "reference": ([.9, .7, .8, 1, .4, .6, .75, .85, .5, .95],
                      [.8, .75, .6, .9, .5, .4, .7, .8, .45, .7]),
        "wilcoxon_doc": ([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75], [0] * 15),
        "zeros": ([3, 5, 5, 7, 9, 1, 2, 8], [3, 4, 6, 5, 5, 1, 4, 3]),
    }
    cases = [(f"{a}/{b}", data[a], data[b]) for a, b in PAIRED]
    cases += [(name, np.array(a, float), np.array(b, float)) for name, (a, b) in extra.items()]
    for name, a, b in cases:
        d = a - b
        t = stats.ttest_rel(a, b)
        ci = t.confidence_interval(.95)
        w = stats.wilcoxon(d)
        limit = stats.wilcoxon(d, method="asymptotic")
        walsh = [(d[i] + d[k]) / 2 for i in range(len(d)) for k in range(i, len(d))]
        row = {"name": name, "a": list(a), "b": list(b), "t": t.statistic, "p": t.pvalue,
               "interval": [ci.low, ci.high], "w": w.statistic, "wilcoxon_p": w.pvalue,
               "wilcoxon_limit_p": limit.pvalue, "hodges_lehmann": np.median(walsh),
               "cohens_dz": d.mean() / d.std(ddof=1)}
        if len(d) <= 14:
            flips = stats.permutation_test(
                (d,), lambda x, axis: np.abs(x.mean(axis)), permutation_type="samples",
                alternative="greater", vectorized=True, n_resamples=np.inf)
            row["sign_flip_p"] = flips.pvalue
        rows.append(row)
    return rows


def bootstrap(data):
    """scipy's intervals together with the indices that it drew."""
    rows = []
    mean = lambda x, axis=-1: np.mean(x, axis)  # noqa: E731
    median = lambda x, axis=-1: np.median(x, axis)  # noqa: E731
    for name, statistic_name, statistic, level in [
            ("tiny_b", "mean", mean, .95), ("small_b", "mean", mean, .95),
            ("small_b", "mean", mean, .8), ("pass_b", "mean", mean, .95),
            ("small_b", "median", median, .9)]:
        x = data[name]
        resamples = 199
        drawn = np.random.default_rng(7).integers(0, len(x), (resamples, len(x)))
        row = {"sample": name, "statistic": statistic_name, "level": level,
               "indices": drawn.tolist()}
        for method in ["BCa", "percentile", "basic"]:
            result = stats.bootstrap((x,), statistic, n_resamples=resamples, method=method,
                                     confidence_level=level, rng=np.random.default_rng(7))
            assert np.array_equal(result.bootstrap_distribution, statistic(x[drawn]))
            row[method.lower()] = list(result.confidence_interval)
            row["standard_error"] = result.standard_error
        rows.append(row)

    def cohens_d(x, y, axis=-1):
        n, m = x.shape[axis], y.shape[axis]
        pooled = ((n - 1) * x.var(axis, ddof=1) + (m - 1) * y.var(axis, ddof=1)) / (n + m - 2)
        return (x.mean(axis) - y.mean(axis)) / np.sqrt(pooled)

    a, b = data["small_a"], data["small_b"]
    g = np.random.default_rng(8)
    drawn_a = g.integers(0, len(a), (199, len(a)))
    drawn_b = g.integers(0, len(b), (199, len(b)))
    result = stats.bootstrap((a, b), cohens_d, n_resamples=199, method="BCa", vectorized=True,
                             rng=np.random.default_rng(8))
    assert np.allclose(result.bootstrap_distribution, cohens_d(a[drawn_a], b[drawn_b]))
    two = {"a": "small_a", "b": "small_b", "indices_a": drawn_a.tolist(),
           "indices_b": drawn_b.tolist(), "bca": list(result.confidence_interval)}

    large = []
    for name in ["latency_a", "normal_b", "tied_a"]:
        row = {"sample": name}
        for method in ["BCa", "percentile", "basic"]:
            result = stats.bootstrap((data[name],), np.mean, n_resamples=400_000, method=method,
                                     rng=np.random.default_rng(9), batch=20_000)
            row[method.lower()] = list(result.confidence_interval)
            row["standard_error"] = result.standard_error
        large.append(row)
    return {"one_sample": rows, "cohens_d": two, "many_resamples": large}


def mcnemar_rows():
    rows = []
    for b, c in [(12, 3), (121, 59), (5, 0), (0, 7), (4, 4), (1, 0), (30, 10), (1000, 900)]:
        table = [[50, b], [c, 40]]
        exact = mcnemar(table, exact=True)
        mid = min(2 * (stats.binom.cdf(min(b, c), b + c, .5)
                       - stats.binom.pmf(min(b, c), b + c, .5) / 2), 1)
        corrected = mcnemar(table, exact=False, correction=True)
        plain = mcnemar(table, exact=False, correction=False)
        rows.append({"only_a": b, "only_b": c, "exact": exact.pvalue, "mid_p": mid,
                     "corrected_statistic": corrected.statistic, "corrected": corrected.pvalue,
                     "uncorrected_statistic": plain.statistic, "uncorrected": plain.pvalue})
    return rows


def corrections():
    rows = []
    g = np.random.default_rng(3)
    for p in [[.001, .012, .014, .04, .2], [.04], list(np.round(g.random(20) ** 3, 6)),
              [.01, .01, .02, .02, .5, 1.0, 0.0]]:
        row = {"p": p}
        for ours, theirs in [("bonferroni", "bonferroni"), ("holm", "holm"),
                             ("benjamini_hochberg", "fdr_bh"), ("benjamini_yekutieli", "fdr_by")]:
            row[ours] = multipletests(p, method=theirs)[1]
        rows.append(row)
    return rows


def tango(b, c, n, z):
    """Both roots of (b - c - nD) -+ z sqrt(n (2q + D(1 - D))), away from the trivial ones."""
    def error(d):
        linear = -b - c + (2 * n - b + c) * d
        q = (math.sqrt(linear ** 2 + 8 * n * c * d * (1 - d)) - linear) / (4 * n)
        return math.sqrt(max(n * (2 * q + d * (1 - d)), 0))
    d = (b - c) / n
    solve = lambda f, low, high: optimize.brentq(  # noqa: E731
        f, low, high, xtol=1e-15, rtol=1e-14)
    return [solve(lambda x: b - c - n * x - z * error(x), -1 + 1e-12, d - 1e-12),
            solve(lambda x: b - c - n * x + z * error(x), d + 1e-12, 1 - 1e-12)]


def rates():
    rows = []
    for k, n in [(9, 10), (10, 10), (0, 10), (45, 50), (1, 3), (0, 1), (20, 20), (12, 20),
                 (499, 1000), (19_990, 20_000)]:
        for level in [.95, .8]:
            a = (1 - level) / 2
            jeffreys = list(proportion_confint(k, n, 1 - level, "jeffreys"))
            if k == 0:
                jeffreys[0] = 0.0
            if k == n:
                jeffreys[1] = 1.0
            rows.append({
                "successes": k, "trials": n, "level": level,
                "wilson": np.clip(proportion_confint(k, n, 1 - level, "wilson"), 0, 1),
                "clopper_pearson": proportion_confint(k, n, 1 - level, "beta"),
                "jeffreys": jeffreys,
                "beta_binomial": stats.beta.ppf([a, 1 - a], k + 1, n - k + 1)})
    newcombe = [{"a": [k1, n1], "b": [k2, n2],
                 "interval": confint_proportions_2indep(k1, n1, k2, n2, method="newcomb",
                                                        compare="diff")}
                for k1, n1, k2, n2 in [(45, 50, 40, 50), (9, 10, 3, 12), (20, 20, 15, 20)]]
    z = stats.norm.ppf(.975)
    tangos = [{"only_a": b, "only_b": c, "n": n, "interval": tango(b, c, n, z)}
              for b, c, n in [(12, 3, 100), (3, 12, 100), (1, 1, 10), (5, 0, 40), (0, 0, 30),
                              (8, 2, 10), (300, 250, 5000)]]
    return {"single": rows, "newcombe": newcombe, "tango": tangos}


def distributions():
    t = [{"t": t, "df": df, "sf": stats.t.sf(t, df)} for t in [-3, 0, .5, 2, 10, 60]
         for df in [1, 2.5, 9, 39.7, 1998, 20_000]]
    t_quantile = [{"p": p, "df": df, "t": stats.t.ppf(p, df)}
                  for p in [1e-8, .025, .3, .5, .8, .975, .995, 1 - 1e-6]
                  for df in [1, 2, 2.5, 9, 39.7, 1998, 20_000]]
    normal = [{"p": p, "z": stats.norm.ppf(p)} for p in [1e-12, .001, .025, .5, .6, .975, .99999]]
    beta = [{"p": p, "a": a, "b": b, "x": stats.beta.ppf(p, a, b)}
            for p in [1e-6, .025, .5, .975, .9999]
            for a, b in [(.5, .5), (1, 11), (10, 1), (9.5, 1.5), (500, 501), (19_991, 11)]]
    binomial = [{"k": k, "n": n, "p": p, "cdf": stats.binom.cdf(k, n, p),
                 "mass": stats.binom.pmf(k, n, p)}
                for k, n, p in [(0, 5, .5), (3, 15, .5), (900, 1900, .5), (9, 10, .9),
                                (985, 1000, .99), (0, 10_000, .001)]]
    noncentral = [{"t": t, "df": df, "delta": delta, "cdf": stats.nct.cdf(t, df, delta)}
                  for t, df, delta in [(2.1, 18, 1), (2.0, 60, 2.8), (-2.0, 60, 2.8),
                                       (4.3, 2, 3), (1.96, 1998, 2.8), (3, 3.7, 0)]]
    return {"t": t, "t_quantile": t_quantile, "normal": normal, "beta": beta,
            "binomial": binomial, "noncentral_t": noncentral}


def power():
    two = []
    for d, n in [(.5, 64), (.8, 20), (.2, 200), (1.5, 4)]:
        two.append({"d": d, "n": n, "power": TTestIndPower().power(d, n, .05)})
    solve = [{"d": d, "power": p, "alpha": a,
              "n_two": TTestIndPower().solve_power(d, power=p, alpha=a),
              "n_paired": TTestPower().solve_power(d, power=p, alpha=a)}
             for d, p, a in [(.5, .8, .05), (.2, .9, .05), (.1, .8, .01), (1.2, .8, .05)]]
    # Not solve_power: it stops at six digits.
    root = lambda power, n: optimize.brentq(  # noqa: E731
        lambda d: power(d, n, .05) - .8, .01, 10 / math.sqrt(n), xtol=1e-14, rtol=1e-13)
    detect = [{"n": n, "d_two": root(TTestIndPower().power, n),
               "d_paired": root(TTestPower().power, n)}
              for n in [5, 10, 50, 1000]]
    return {"two_sample": two, "solve": solve, "detect": detect}


def clusters():
    g = np.random.default_rng(12)
    rows = []
    cases = [([1, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])]
    ids = g.integers(0, 9, 60)
    cases.append((list(g.normal(size=9)[ids] + g.normal(size=60)), ids.tolist()))
    for y, c in cases:
        fit = lambda correct: sm.OLS(y, np.ones(len(y))).fit(  # noqa: E731
            cov_type="cluster", cov_kwds={"groups": c, "use_correction": correct})
        groups = len(set(c))
        # statsmodels' correction has the further factor (n-1)/(n-k), which is 1 for an intercept.
        rows.append({"values": y, "clusters": c, "corrected": fit(True).bse[0],
                     "uncorrected": fit(False).bse[0], "df": groups - 1})
    return rows


def agreement():
    """Random ratings, some missing, from krippendorff, statsmodels and scikit-learn."""
    g = np.random.default_rng(31)
    alphas = []
    for raters, units, values, gaps in [(2, 12, 2, 0), (3, 20, 5, .2), (4, 40, 10, .3), (3, 200, 7, .1),
                                        (5, 15, 4, .6)]:
        truth = g.integers(1, values + 1, units)
        ratings = np.where(g.random((raters, units)) < .6, truth, g.integers(1, values + 1, (raters, units)))
        ratings = ratings.astype(float)
        ratings[g.random((raters, units)) < gaps] = np.nan
        row = {"units": [[None if np.isnan(x) else x for x in unit] for unit in ratings.T]}
        for level in ["nominal", "ordinal", "interval", "ratio"]:
            row[level] = krippendorff.alpha(reliability_data=ratings, level_of_measurement=level)
        alphas.append(row)
    kappas = []
    for size, n in [(2, 30), (4, 80), (5, 500)]:
        a = g.integers(0, size, n)
        b = np.where(g.random(n) < .5, a, g.integers(0, size, n))
        table = np.zeros((size, size), int)
        np.add.at(table, (a, b), 1)
        row = {"table": table}
        for name, wt in [("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")]:
            row[name] = cohens_kappa(table, wt=wt).kappa
            assert math.isclose(row[name], cohen_kappa_score(a, b, weights=wt), rel_tol=1e-12)
        kappas.append(row)
    fleiss = []
    for items, raters, size in [(10, 5, 3), (40, 3, 2)]:
        counts = np.array([g.multinomial(raters, g.dirichlet(np.ones(size))) for _ in range(items)])
        fleiss.append({"counts": counts, "kappa": fleiss_kappa(counts)})
    return {"alpha": alphas, "kappa": kappas, "fleiss": fleiss}


def areas():
    """scikit-learn's area; DeLong's error written from his paper, in O(mn)."""
    g = np.random.default_rng(32)
    rows = []
    for m, n, tied in [(10, 15, True), (40, 25, False), (200, 300, True), (2, 3, False)]:
        positive, negative = g.normal(.8, 1, m), g.normal(0, 1, n)
        places = 1 if tied else 9
        positive, negative = np.round(positive, places), np.round(negative, places)
        wins = (positive[:, None] > negative) + (positive[:, None] == negative) / 2
        error = math.sqrt(wins.mean(1).var(ddof=1) / m + wins.mean(0).var(ddof=1) / n)
        area = roc_auc_score([1] * m + [0] * n, np.concatenate([positive, negative]))
        assert math.isclose(area, wins.mean(), rel_tol=1e-12)
        rows.append({"positive": positive, "negative": negative, "area": area, "error": error})
    return rows


def prediction_powered():
    g = np.random.default_rng(33)
    rows = []
    for n, total, skill in [(20, 200, .8), (50, 1000, .5), (30, 40, .95), (60, 300, 0)]:
        truth = g.random(n + total)
        judge = np.round(skill * truth + (1 - skill) * g.random(n + total), 6)
        label = (g.random(n + total) < truth).astype(float)
        y, f, u = label[:n], judge[:n], judge[n:]
        row = {"labels": y, "scores": f, "unlabelled": u}
        for name, lam in [("tuned", None), ("classic", 0), ("plain", 1), ("half", .5)]:
            low, high = ppi_py.ppi_mean_ci(y, f, u, alpha=.1, lam=lam)
            estimate = np.atleast_1d(ppi_py.ppi_mean_pointestimate(y, f, u, lam=lam))[0]
            row[name] = {"estimate": estimate, "interval": [low[0], high[0]]}
        rows.append(row)
    return rows


def bradley_terry():
    """The model as a logistic regression without intercept, by statsmodels' GLM."""
    g = np.random.default_rng(34)
    rows = []
    for players, items, order, slope in [(3, 20, 0, 0), (5, 60, .4, 0), (4, 80, -.3, .5)]:
        strength = np.linspace(-1, 1, players)
        games = []
        for item in range(items):
            liking = g.normal(0, .5, players)
            for first in range(players):
                for second in range(players):
                    if first == second or g.random() < .3:
                        continue
                    x = round(g.normal(), 4) if slope else 0
                    odds = (strength + liking)[first] - (strength + liking)[second] + order + slope * x
                    score = .5 if g.random() < .1 else float(g.random() < special.expit(odds))
                    games.append((first, second, score, x, item))
        design = np.zeros((len(games), players))
        for row, (first, second, _, _, _) in enumerate(games):
            design[row, first] += 1
            design[row, second] -= 1
        # The first player is the reference.
        columns = [design[:, 1:]]
        if order:
            columns.append(np.ones((len(games), 1)))
        if slope:
            columns.append(np.array([[game[3]] for game in games]))
        score, item = np.array([game[2] for game in games]), np.array([game[4] for game in games])
        model = sm.GLM(score, np.hstack(columns), family=sm.families.Binomial())
        fit = model.fit(tol=1e-14, maxiter=200)
        cluster = model.fit(tol=1e-14, maxiter=200, cov_type="cluster",
                            cov_kwds={"groups": item, "use_correction": False})
        groups = len(set(item.tolist()))
        factor = math.sqrt(groups / (groups - 1))
        strengths = np.concatenate([[0], fit.params[:players - 1]])
        rows.append({
            "players": players, "games": [list(game) for game in games],
            "order": bool(order), "covariate": bool(slope),
            "strengths": strengths - strengths.mean(),
            "others": fit.params[players - 1:],
            # Errors of the difference from the first player, then of the other terms.
            "errors": fit.bse, "clustered": cluster.bse * factor})
    return rows


def signed_rank_lower(n):
    """P(W <= w) for every w, by convolution."""
    p = np.array([1.0])
    for rank in range(1, n + 1):
        p = (np.concatenate([p, np.zeros(rank)]) + np.concatenate([np.zeros(rank), p])) / 2
    return np.cumsum(p)


def rank_sum_lower(n, m):
    """P(U <= u) for every u, by the recursion over the largest observation."""
    counts = {}

    def count(n, m):
        if (n, m) not in counts:
            if n == 0 or m == 0:
                counts[n, m] = np.array([1.0])
            else:
                a, b = count(n - 1, m), count(n, m - 1)
                out = np.zeros(n * m + 1)
                out[m:m + len(a)] += a
                out[:len(b)] += b
                counts[n, m] = out
        return counts[n, m]
    return np.cumsum(count(n, m)) / special.comb(n + m, n, exact=True)


def shifts(data):
    """Hodges-Lehmann intervals from sorted lists, with ranks as R's wilcox.test takes them."""
    def bounds(values, lower, level):
        rank = int(np.searchsorted(lower, (1 - level) / 2))
        values = np.sort(values)
        return {"interval": [values[rank - 1], values[len(values) - rank]],
                "coverage": 1 - 2 * lower[rank - 1], "estimate": np.median(values)}
    rows = {"paired": [], "independent": []}
    for a_name, b_name in [("latency_a", "latency_b"), ("offset_a", "offset_b")]:
        d = data[a_name] - data[b_name]
        walsh = [d[i] / 2 + d[k] / 2 for i in range(len(d)) for k in range(i, len(d))]
        for level in [.95, .8]:
            rows["paired"].append({"a": a_name, "b": b_name, "level": level,
                                   **bounds(walsh, signed_rank_lower(len(d)), level)})
    for a_name, b_name in [("normal_a", "normal_b"), ("tiny_a", "tiny_b"), ("small_a", "small_b"),
                           ("latency_a", "latency_b")]:
        a, b = data[a_name], data[b_name]
        rows["independent"].append({"a": a_name, "b": b_name, "level": .95, **bounds(
            (a[:, None] - b[None, :]).ravel(), rank_sum_lower(len(a), len(b)), .95)})
    return rows


def repeated_rates():
    """Tango's interval for the effective number of items, from the definition."""
    g = np.random.default_rng(35)
    rows = []
    z = stats.norm.ppf(.975)
    for items, runs_a, runs_b in [(12, 1, 1), (30, 5, 5), (50, 3, 8), (20, 10, 1)]:
        level = g.beta(2, 1, items)
        a = g.binomial(runs_a, level)
        b = g.binomial(runs_b, np.clip(level - .1, 0, 1))
        pa, pb = a / runs_a, b / runs_b
        p10, p01, d = (pa * (1 - pb)).mean(), (pb * (1 - pa)).mean(), pa - pb
        within = (pa * (1 - pa) / max(runs_a - 1, 1) + pb * (1 - pb) / max(runs_b - 1, 1)).mean()
        ratio = max(d.var(), within) / (p10 + p01 - d.mean() ** 2)
        ratio = min(ratio, 1)
        few = items / (items - 1) * (stats.t.ppf(.975, items - 1) / z) ** 2
        n = items / min(ratio * (1 + (1 - ratio) * (few - 1)), 1)
        rows.append({"passes_a": a, "runs_a": runs_a, "passes_b": b, "runs_b": runs_b,
                     "difference": d.mean(), "effective": n,
                     "interval": tango(n * p10, n * p01, n, z)})
    return rows


def paired_posteriors():
    """The bivariate-normal model by importance sampling, as its authors do it, with scipy's CDF
    from Owen's T; means of 4 million draws with their errors."""
    def cdf(h, k, rho):
        # Owen (1956): Phi2 in terms of T, valid for h and k different from 0.
        root = np.sqrt(1 - rho ** 2)
        first = special.owens_t(h, (k / h - rho) / root)
        second = special.owens_t(k, (h / k - rho) / root)
        return (special.ndtr(h) + special.ndtr(k)) / 2 - first - second - (h * k < 0) / 2
    rows = []
    for both, only_a, only_b, neither in [(9, 8, 0, 3), (30, 6, 2, 12), (0, 3, 1, 4), (12, 0, 0, 0)]:
        g = np.random.default_rng(36)
        size = 4_000_000
        a, b, rho = g.random(size), g.random(size), 2 * g.beta(4, 2, size) - 1
        both_p = cdf(special.ndtri(a), special.ndtri(b), rho)
        ln = sum(count * np.log(np.maximum(p, 1e-300)) for count, p in [
            (both, both_p), (only_a, a - both_p), (only_b, b - both_p), (neither, 1 - a - b + both_p)]
            if count)
        w = np.exp(ln - np.max(ln)) if np.ndim(ln) else np.ones(size)
        w /= w.sum()
        mean = lambda x: [np.sum(w * x), math.sqrt(np.sum(w ** 2 * (x - np.sum(w * x)) ** 2))]  # noqa: E731
        rows.append({"counts": [both, only_a, only_b, neither], "greater": mean((a > b) * 1.0),
                     "difference": mean(a - b), "correlation": mean(rho)})
    return rows


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in value]
    if isinstance(value, (np.floating, float)):
        value = float(value)
        assert math.isfinite(value), value
        return value
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, np.bool_):
        return bool(value)
    return value


def write(name, content):
    OUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain(content), separators=(",", ":"))
    (OUT / f"{name}.json").write_text(text.replace("},{", "},\n{") + "\n")


def main():
    warnings.simplefilter("ignore")
    data = samples()
    made_with = {"scipy": scipy.__version__, "statsmodels": statsmodels.__version__,
                 "numpy": np.__version__, "krippendorff": version("krippendorff"),
                 "scikit-learn": sklearn.__version__, "ppi-python": version("ppi-python")}
    write("samples", {"made_with": made_with, "samples": data})
    write("describe", describe(data))
    write("independent", independent(data))
    write("paired", paired(data))
    write("bootstrap", bootstrap(data))
    write("mcnemar", mcnemar_rows())
    write("corrections", corrections())
    write("rates", rates())
    write("distributions", distributions())
    write("power", power())
    write("clusters", clusters())
    write("agreement", agreement())
    write("areas", areas())
    write("prediction_powered", prediction_powered())
    write("bradley_terry", bradley_terry())
    write("shifts", shifts(data))
    write("repeated_rates", repeated_rates())
    write("paired_posteriors", paired_posteriors())


if __name__ == "__main__":
    main()
