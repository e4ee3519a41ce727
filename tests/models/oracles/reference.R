# Maximum likelihood estimates by R, for tests/models/test_published.py.
#
#   Rscript reference.R        writes reference.csv (estimates) and data.csv (responses and predictors)
#
# Needs MASS, bbmle, maxLik and numDeriv. Densities are R's own (dnbinom, dweibull, dt, ...), optimisers are theirs.
suppressMessages({library(MASS); library(bbmle); library(maxLik)})
rows <- list(); samples <- list()

keep <- function(case, names, estimate, se, loglik)
  rows[[case]] <<- data.frame(case, parameter = names, estimate = as.vector(estimate), se = as.vector(se), loglik)
sample_of <- function(name, y, ...) {
  x <- as.data.frame(list(...)); stopifnot(length(y) == nrow(x) || ncol(x) == 0)
  columns <- c(list(y = y), as.list(x))
  samples[[name]] <<- do.call(rbind, lapply(names(columns), function(column)
    data.frame(dataset = name, column, row = seq_along(y) - 1, value = columns[[column]])))
}
# Newton-Raphson of maxLik on its numeric derivatives; standard errors from a Hessian by Richardson extrapolation, with
# steps in units of the curvature.
newton <- function(case, names, loglik, start) {
  total <- function(p) sum(suppressWarnings(loglik(p)))
  fit <- maxLik(total, start = start, method = "NR", control = list(tol = 0, reltol = 0, gradtol = 1e-9, iterlim = 500))
  p <- coef(fit)
  unit <- 1 / sqrt(-diag(numDeriv::hessian(total, p)))
  information <- -numDeriv::hessian(function(q) total(p + q * unit), 0 * p, method.args = list(eps = 0.05))
  keep(case, names, p, unit * sqrt(diag(solve(information))), as.numeric(logLik(fit)))
}

# Toxocara counts, n = 53
toxocara <- rep(c(0:7, 9, 11, 12, 16, 19, 20, 21, 28, 30, 33, 40, 41, 75),
                c(14, 8, 5, 1, 6, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1))
poisson_fit <- glm(toxocara ~ 1, poisson, epsilon = 1e-14)
keep("toxocara poisson", "log rate", coef(poisson_fit), sqrt(vcov(poisson_fit)), as.numeric(logLik(poisson_fit)))
nb <- glm.nb(toxocara ~ 1, control = glm.control(epsilon = 1e-14, maxit = 200))
keep("toxocara glm.nb", c("log mean", "theta"), c(coef(nb), nb$theta), c(sqrt(vcov(nb)), nb$SE.theta), as.numeric(logLik(nb)))
mle <- mle2(y ~ dnbinom(mu = mean, size = 1 / dispersion), start = list(mean = 8, dispersion = 2), data = list(y = toxocara),
            method = "L-BFGS-B", lower = c(1e-3, 1e-3), control = list(factr = 10), use.ginv = FALSE)
keep("toxocara mle2", c("mean", "dispersion"), mle@coef, sqrt(diag(mle@vcov)), -mle@min)

# Strike durations (Kennan 1985), as in statsmodels
strikes <- c(7, 9, 13, 14, 26, 29, 52, 130, 9, 37, 41, 49, 52, 119, 3, 17, 19, 28, 72, 99, 104, 114, 152, 153, 216, 15, 61,
             98, 2, 25, 85, 3, 10, 1, 2, 2, 3, 3, 4, 8, 11, 22, 23, 27, 32, 33, 35, 43, 43, 44, 100, 5, 49, 2, 12, 12, 21,
             21, 27, 38, 42, 117)
newton("strikes weibull", c("shape", "scale"), function(p) dweibull(strikes, p[1], p[2], log = TRUE), c(1, 40))
newton("strikes gamma", c("shape", "scale"), function(p) dgamma(strikes, p[1], scale = p[2], log = TRUE), c(1, 40))
newton("strikes lognormal", c("meanlog", "sdlog"), function(p) dlnorm(strikes, p[1], p[2], log = TRUE), c(3, 1))

# Lengths of rivers, a right-skewed sample: R's `rivers`
sample_of("rivers", as.numeric(rivers))
newton("rivers gamma", c("shape", "scale"), function(p) dgamma(rivers, p[1], scale = p[2], log = TRUE), c(3, 200))
newton("rivers inverse gamma", c("shape", "scale"),
       function(p) dgamma(1 / rivers, p[1], rate = p[2], log = TRUE) - 2 * log(rivers), c(3, 1200))

# Old Faithful: a mixture of two normal laws
sample_of("faithful", faithful$waiting)
newton("faithful mixture", c("weight", "low", "low_sd", "high", "high_sd"),
       function(p) log(p[1] * dnorm(faithful$waiting, p[2], p[3]) + (1 - p[1]) * dnorm(faithful$waiting, p[4], p[5])),
       c(0.36, 54.6, 5.9, 80, 5.9))

# Insect sprays: Poisson regression on a factor
sample_of("sprays", InsectSprays$count, group = as.numeric(InsectSprays$spray) - 1)
sprays <- glm(count ~ spray, poisson, InsectSprays, epsilon = 1e-14)
keep("sprays poisson", names(coef(sprays)), coef(sprays), sqrt(diag(vcov(sprays))), as.numeric(logLik(sprays)))

# Warp breaks: negative binomial regression
design <- model.matrix(~ wool + tension, warpbreaks)
sample_of("warpbreaks", warpbreaks$breaks, woolB = design[, 2], tensionM = design[, 3], tensionH = design[, 4])
breaks <- glm.nb(breaks ~ wool + tension, warpbreaks, control = glm.control(epsilon = 1e-14, maxit = 200))
keep("warpbreaks glm.nb", c(names(coef(breaks)), "theta"), c(coef(breaks), breaks$theta),
     c(sqrt(diag(vcov(breaks))), breaks$SE.theta), as.numeric(logLik(breaks)))

# Clotting times (McCullagh and Nelder 1989, section 8.4.2): gamma regression with log link
u <- c(5, 10, 15, 20, 30, 40, 60, 80, 100); lot1 <- c(118, 58, 42, 35, 27, 25, 21, 19, 18)
sample_of("clotting", lot1, log_u = log(u))
clot <- glm(lot1 ~ log(u), Gamma("log"), control = list(epsilon = 1e-14, maxit = 100))
alpha <- gamma.shape(clot, eps.max = 1e-12)
keep("clotting gamma", c("(Intercept)", "log_u", "shape"), c(coef(clot), alpha$alpha),
     c(sqrt(diag(vcov(clot, dispersion = 1 / alpha$alpha))), alpha$SE), NA)

# Stack loss with Student t errors (Lange, Little and Taylor 1989)
sample_of("stackloss", stack.loss, air = stack.x[, 1], water = stack.x[, 2], acid = stack.x[, 3])
newton("stackloss t4", c("const", "air", "water", "acid", "log scale"),
       function(p) dt((stack.loss - p[1] - stack.x %*% p[2:4]) / exp(p[5]), 4, log = TRUE) - p[5],
       c(-40, 0.86, 0.75, -0.12, 0.7))

table <- do.call(rbind, rows)
numbers <- c("estimate", "se", "loglik")
table[numbers] <- lapply(table[numbers], function(x) sprintf("%.12g", x))
write.csv(table, "reference.csv", row.names = FALSE, quote = FALSE)
data <- do.call(rbind, samples); data$value <- sprintf("%.12g", data$value)
write.csv(data, "data.csv", row.names = FALSE, quote = FALSE)
