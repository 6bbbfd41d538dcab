"""The same table as checklist.py, for the two documents that reach over weeks: caro's beta and the SLOs of credit."""

S3 = """
@caro.yaml releases.caro-beta
S3 principles: data-driven
  the decision goes by numbers | criteria.must | success-rate >= 75
  priorities of v1.1.1 too | checkpoints.Monday digest.asks | follow from the metrics
S3 principles: early detection
  crashes are read every 5 minutes | checks.crash-rate.every | 5m
  and caught below the P0 limit | checks.crash-rate.yellow | > 0.5
S3 principles: user-centric, not vanity metrics
  what users feel decides | criteria.should | satisfaction >= 4
  stars only are nice | criteria.nice | stars >= +100 in 3w
S3 principles: privacy-respecting, opt-outs honoured
  opt-outs honoured | checks.opt-outs-kept.words | Opt-outs are honoured
  looked at each week | checkpoints.Weekly metrics.checks | opt-outs-kept
S3 P0: system health
  crash rate target <0.1% | checks.crash-rate.target | < 0.1
  above 0.5% is P1 | checks.crash-rate.yellow | > 0.5
  above 1% is P0 | checks.crash-rate.red | > 1
  real-time | checks.crash-rate.every | 5m
  P0 bugs target 0 | checks.p0-bugs.target | == 0
  alert >=1 | checks.p0-bugs.red | >= 1
  privacy-leak reports target 0 | checks.privacy-leaks.target | == 0
  alert >=1 | checks.privacy-leaks.red | >= 1
  crates.io not yanked | checks.yanked.target | == 0
  yanked | checks.yanked.red | == 1
  asked at crates.io | checks.yanked.registry | crates/caro
S3 P0: privacy and security
  PII target 0 | checks.pii.target | == 0
  alert >=1 | checks.pii.red | >= 1
  real-time | checks.pii.every | 5m
  vulnerabilities target 0 | checks.vulnerabilities.target | == 0
  alert >=1 | checks.vulnerabilities.red | >= 1
  daily | checks.vulnerabilities.every | 24h
  Dependabot | checks.vulnerabilities.match | dependabot_alert
  opt-out target <30% | checks.opt-out.target | < 30
  alert >50% | checks.opt-out.red | > 50
  weekly | checks.opt-out.within | 1w
  privacy concern target <10% | checks.privacy-concern.target | < 10
  alert >20% | checks.privacy-concern.red | > 20
  weekly, from feedback | checkpoints.Weekly metrics.checks | privacy-concern
S3 P0: installation
  failures target <5% | checks.install-failures.target | < 5
  above 10% is P1 | checks.install-failures.yellow | > 10
  above 15% is P0 | checks.install-failures.red | > 15
  daily | checks.install-failures.within | 24h
  script errors target <2% | checks.install-script.target | < 2
  alert >10% | checks.install-script.red | > 10
  daily | checks.install-script.within | 24h
  platform target <5% | checks.platform-failures.target | < 5
  alert >20% | checks.platform-failures.red | > 20
  on any platform | checks.platform-failures.prometheus | max(100 * sum by (platform)
  looked at daily | checkpoints.Daily health check.checks | platform-failures
S3 P0: actions
  P0 immediate in Slack | red.severity | P0
  to the whole channel | caro.yaml severities.P0.mention | channel
  and by e-mail | caro.yaml severities.P0.mail | release-team@caro.example
  asked for | red.do | here and by e-mail
  privacy leak = emergency plan | checks.privacy-leaks.do | v1.1.0-beta-incident-response-plan.md
  crash spike within 4h | checks.crash-rate.do | Within 4 hours
  PII stops the telemetry backend | checks.pii.do | STOP the telemetry backend at once
  vulnerability assessed, patched within 48h | checks.vulnerabilities.do | Assess its severity; a patch within 48 hours
  high opt-out reviews messaging | checks.opt-out.do | Review the privacy messaging
  install spike within 24h | checks.install-failures.do | Within 24 hours
  platform spike checks binaries | checks.platform-failures.do | Check the builds of the binaries
S3 P1: quality of commands
  success target >=80% | checks.success-rate.target | >= 80
  baseline 94.8% | checks.success-rate.baseline | 94.8
  alert <75% | checks.success-rate.yellow | < 75
  static hits >=60% | checks.static-hits.target | >= 60
  alert <50% | checks.static-hits.yellow | < 50
  p50 <100ms | checks.generation-p50.target | < 100
  p95 <2000ms | checks.generation-p95.target | < 2000
  alert >5s | checks.generation-p95.yellow | > 5000
  safety blocks <5% | checks.safety-blocks.target | < 5
  every 3 days | checkpoints.Quality and engagement.every | 3d
  all of them | checkpoints.Quality and engagement.checks | safety-blocks
S3 P1: engagement
  DAU growing | checks.dau.target | rising
  sessions/user >=5 | checks.sessions-per-user.target | >= 5
  per week | checks.sessions-per-user.within | 1w
  commands/session >=3 | checks.commands-per-session.target | >= 3
  every 3 days | checkpoints.Quality and engagement.checks | commands-per-session
  retention >=60% | checks.retention.target | >= 60
  weekly | checkpoints.Weekly metrics.checks | retention
  power users >20 commands/week | checks.power-users.words | more than 20 commands in a week
S3 P1: community
  bugs <10/week | checks.bugs.target | < 10
  every 2 days | checkpoints.Bugs.every | 2d
  positive social >70% | checks.sentiment.target | > 70
  every 3 days | checkpoints.Quality and engagement.checks | sentiment
  Discussions growing | checks.discussions.target | rising
  weekly | checkpoints.Weekly metrics.checks | discussions
  NPS >=40 | checks.nps.target | >= 40
  weekly | checkpoints.Weekly metrics.checks | nps
S3 P2: platforms, features, growth
  OS 60/40 | checks.macos-share.baseline | 60
  Apple Silicon/Intel 70/30 | checks.apple-silicon-share.baseline | 70
  top 5 shells | checks.top-shells.prometheus | topk(5, sum by (shell_type)
  telemetry show | checks.telemetry-show.prometheus | command="show"
  export | checks.telemetry-export.prometheus | command="export"
  clear | checks.telemetry-clear.prometheus | command="clear"
  disable | checks.telemetry-disable.prometheus | command="disable"
  air-gapped adoption | checks.air-gapped.words | air-gapped
  top query categories | checkpoints.Weekly metrics.asks | top query categories
  least used | checkpoints.Weekly metrics.asks | used least
  downloads growing | checks.downloads.target | rising in 7d
  stars | checks.stars.path | stargazers_count
  +50/week | checks.stars.target | >= +50 in 7d
  forks | checks.forks.path | forks_count
  +5/week | checks.forks.target | >= +5 in 7d
  contributors | checks.contributors.json | https://api.github.com/repos/caro-sh/caro/contributors?per_page=100
  +1/week | checks.contributors.target | >= +1 in 7d
  first-time reporters growing | checks.first-reporters.target | rising in 7d
  all five, weekly | checkpoints.Weekly metrics.checks | first-reporters
  on Mondays | checkpoints.Weekly metrics.cron | 30 11 * * mon
S3 cadence: weeks 1, 2, 3
  three weeks | window | 3w
  week 1 daily | checkpoints.Week 1: daily check.cron | 30 9 * * mon-fri
  week 1 | checkpoints.Week 1: daily check.until | 1w
  15 min | checkpoints.Week 1: daily check.minutes | 15
  P0/P1 issues | checkpoints.Week 1: daily check.checks | p1-open
  download trend | checkpoints.Week 1: daily check.checks | downloads
  negative buzz | checkpoints.Week 1: daily check.asks | negative buzz
  privacy e-mail | checkpoints.Week 1: daily check.asks | beta@caro.sh about privacy
  Mon/Wed/Fri | checkpoints.Week 1: deep dive.cron | 0 10 * * mon,wed,fri
  30 min | checkpoints.Week 1: deep dive.minutes | 30
  quality | checkpoints.Week 1: deep dive.checks | success-rate
  opt-out | checkpoints.Week 1: deep dive.checks | opt-out
  sentiment | checkpoints.Week 1: deep dive.checks | sentiment
  top 3 pains | checkpoints.Week 1: deep dive.asks | top 3 pain points
  passive weekend | caro.yaml quiet_hours.whole_days | sat
  unless P0 | caro.yaml severities.P0.interrupts_quiet_hours | true
  week 2 Mon/Thu | checkpoints.Week 2: check.cron | 0 10 * * mon,thu
  from week 2 | checkpoints.Week 2: check.since | 1w
  to its end | checkpoints.Week 2: check.until | 2w
  20 min | checkpoints.Week 2: check.minutes | 20
  engagement | checkpoints.Week 2: check.checks | sessions-per-user
  platform | checkpoints.Week 2: check.checks | macos-share
  features | checkpoints.Week 2: check.checks | telemetry-show
  top 5 requests | checkpoints.Week 2: check.asks | top 5 feature requests
  end of week 2, 60 min | checkpoints.Week 2: end of the week.minutes | 60
  week 1 against 2 | checkpoints.Week 2: end of the week.text | week 1 against week 2
  trends | checkpoints.Week 2: end of the week.asks | improving, stable, declining
  priorities | checkpoints.Week 2: end of the week.asks | priorities of v1.1.1
  retrospective | checkpoints.Week 2: end of the week.asks | retrospective document reviewed
  week 3 Mon/Wed | checkpoints.Week 3: check.cron | 0 10 * * mon,wed
  week 3 | checkpoints.Week 3: check.since | 2w
  20 min | checkpoints.Week 3: check.minutes | 20
  GA decision 90 min | checkpoints.GA decision.minutes | 90
  at the end of week 3 | checkpoints.GA decision.cron | 0 14 * * fri
  stable? | checkpoints.GA decision.asks | Is the beta stable
  backend deployed? | checkpoints.GA decision.checks | backend-deployed
  ready Feb 15? | checkpoints.GA decision.gate.passed | GA on 15 February
  roadmap? | checkpoints.GA decision.checks | roadmap
S3 cadence: daily check, deep dive, retrospective
  daily health check | checkpoints.Daily health check.cron | 30 9 * * mon-fri
  15 min | checkpoints.Daily health check.minutes | 15
  healthy/issues | checkpoints.Daily health check.asks | Healthy, or issues detected
  weekly deep dive 60 min | checkpoints.Weekly deep dive.minutes | 60
  20 metrics, 20 triage, 20 planning | checkpoints.Weekly deep dive.text | 20 of triage
  close duplicates | checkpoints.Weekly deep dive.text | close duplicates
  monthly retrospective 90 min | checkpoints.Monthly retrospective.minutes | 90
  social check every 2-3 days | checkpoints.Social check.cron | 0 11 * * mon,wed,fri
  dashboard refresh 6h | checks.success-24h.every | 6h
  crates.io Mondays | checkpoints.Mondays: downloads.cron | 0 9 * * mon
  review weekly in beta, monthly after GA | documents | weekly in beta, monthly after GA
  the months after GA | later | the monthly report; a watch ends with its window
S3 GitHub labels
  real-time P0, critical, security | caro.yaml routes.issue-real-time.match | (P0|critical|security)
  daily P1, bug, regression | caro.yaml routes.issue-daily.match | (P1|bug|regression)
  quick triage | caro.yaml routes.issue-quick-triage.match | (installation|privacy|crash)
  keyword auto-labelling | checks.auto-labels.words | labels by keywords
  Slack on P0/critical/security | caro.yaml routes.issue-real-time.severity | P0
  open bugs, weekly | checkpoints.Week 3: check.checks | open-bugs
  as a digest | caro.yaml digest.weekly.bugs | regression
  of the repository | caro.yaml digest.weekly.repositories | caro-sh/caro
S3 Slack rules: #caro-alerts
  channel | caro.yaml channels.alerts | #caro-alerts
  P0 opened @channel | caro.yaml routes.issue-real-time.examples | channel
  investigate within 1h | caro.yaml severities.P0.respond_within | 1h
  PII report @team | caro.yaml routes.pii-report.mention | @team
  its e-mail | caro.yaml routes.pii-report.mail | privacy@caro.example
  emergency plan | checks.pii.do | v1.1.0-beta-incident-response-plan.md
  yank @channel | caro.yaml routes.crates-io-yank.mention | channel
  immediate | checks.yanked.do | Investigate at once
  crash >1% @engineering | checks.crash-rate.who | @engineering
  debug logs | checks.crash-rate.do | Review the debug logs
S3 Slack rules: #caro-monitoring
  channel | channel | monitoring
  named | caro.yaml channels.monitoring | #caro-monitoring
  within 4h | yellow.follow_up | 4h
  standard message | caro.yaml routes.issue-daily.examples | #caro-monitoring
  P1 triage by end of day | caro.yaml severities.P1.respond_within | end_of_day
  asked for | yellow.do | Triage by the end of the day
  success <75% reviews patterns | checks.success-rate.do | Review the patterns of the failures
  install spike checks binaries/docs | checks.install-failures.do | Check the binaries and the documentation
S3 Slack rules: Monday digest
  Monday | checkpoints.Monday digest.cron | 15 9 * * mon
  release team | checkpoints.Monday digest.who | @release-team
  by e-mail | caro.yaml digest.weekly.mail | release-team@caro.example
  on Monday morning | caro.yaml digest.weekly.cron | 0 9 * * mon
  success and install against last week | caro.yaml digest.weekly.health | install-failures
  users | caro.yaml digest.weekly.users | opt-out
  sentiment | caro.yaml digest.weekly.community | sentiment
  P0 open | checkpoints.Monday digest.checks | p0-bugs
  P1 open | checkpoints.Monday digest.checks | p1-open
  opened and closed | checkpoints.Monday digest.asks | opened and closed this week
  success % | checkpoints.Monday digest.checks | success-rate
  install % | checkpoints.Monday digest.checks | install-failures
  vs last week | watch | a checkpoint's lines show the difference to the last checkpoint
  DAU | checkpoints.Monday digest.checks | dau
  commands total | checkpoints.Monday digest.checks | commands
  opt-out % | checkpoints.Monday digest.checks | opt-out
  stars +X | checkpoints.Monday digest.checks | stars
  stars total | checkpoints.Monday digest.checks | stars
  top 3 requests | checkpoints.Monday digest.asks | top 3 feature requests
  sentiment % | checkpoints.Monday digest.checks | sentiment
  three action items | checkpoints.Monday digest.asks | three action items for v1.1.1
S3 data
  SessionStart | checks.sessions-7d.prometheus | caro_session_start_total
  CommandGeneration | checks.success-rate.prometheus | caro_command_generation_total
  SafetyValidation | checks.safety-blocks.prometheus | caro_safety_validation_total
  BackendError | checks.backend-errors.prometheus | caro_backend_error_total
  air-gapped exports weekly | checkpoints.Weekly metrics.checks | exports-taken
  user inspects first | checks.exports-taken.tick | inspected by its user first
  anonymous surveys 1-5 | checks.satisfaction.enter | anonymous survey
  GitHub real-time webhook | caro.yaml routes.issue-real-time.match | source="github"
  count by label: bugs | checks.bugs.labels | bug
  features | checks.features.labels | enhancement
  questions | checks.questions.labels | question
  time to first response | checks.first-response.github | first-response
  resolution time | checks.resolution.github | resolution
  sentiment | checks.sentiment.enter | what the issues sound like
  sessions 24h | checks.sessions-24h.within | 24h
  7d | checks.sessions-7d.within | 7d
  30d | checks.sessions-30d.within | 30d
  success 24h | checks.success-24h.within | 24h
  7d | checks.success-7d.within | 7d
  p50 | checks.generation-p50.unit | ms
  p95 | checks.generation-p95.unit | ms
  success per category | checks.success-worst.prometheus | sum by (category)
  hits | checks.static-hits.unit | %
  blocks | checks.safety-blocks.unit | %
  platform breakdown | checks.macos-share.unit | %
S3 bands
  success >90 excellent | checks.success-rate.bands.excellent | > 90
  80-90 good | checks.success-rate.bands.good | >= 80
  70-80 acceptable | checks.success-rate.bands.acceptable | >= 70
  <70 concerning | checks.success-rate.bands.concerning | < 70
  safety blocks count as success | checks.success-rate.prometheus | result=~"success|blocked"
  opt-out <20 excellent | checks.opt-out.bands.excellent | < 20
  20-30 good | checks.opt-out.bands.good | <= 30
  30-50 concerning | checks.opt-out.bands.concerning | <= 50
  >50 critical | checks.opt-out.bands.critical | > 50
  install failure <5 excellent | checks.install-failures.bands.excellent | < 5
  5-10 acceptable | checks.install-failures.bands.acceptable | <= 10
  10-20 concerning | checks.install-failures.bands.concerning | <= 20
  >20 critical | checks.install-failures.bands.critical | > 20
S3 roles: release manager
  primary, about 2h/week | roles.release manager | primary owner, about 2 hours a week
  owner | owner | @release-managers
S3 roles: engineering
  support | roles.engineering team | support
S3 roles: community manager
  optional, 1h/week | roles.community manager | optional, about 1 hour a week
S3 criteria: must
  zero P0 (or all fixed) | criteria.must | p0-bugs == 0
  only open ones count | checks.p0-bugs.github | open-issues
  zero privacy leaks | criteria.must | privacy-leaks == 0
  success >=75% | criteria.must | success-rate >= 75
  install success >=90% | criteria.must | install-success >= 90
  no vulnerabilities disclosed | criteria.must | vulnerabilities == 0
S3 criteria: should
  success >=80% | criteria.should | success-rate >= 80
  opt-out <30% | criteria.should | opt-out < 30
  satisfaction >=4.0/5 | criteria.should | satisfaction >= 4
  sentiment >=70% | criteria.should | sentiment >= 70
  <15 open bugs | criteria.should | open-bugs < 15
  retention >=60% | criteria.should | retention >= 60
S3 criteria: nice
  success >=90% | criteria.nice | success-rate >= 90
  opt-out <20% | criteria.nice | opt-out < 20
  stars +100 | criteria.nice | stars >= +100 in 3w
  contributors +3 | criteria.nice | contributors >= +3 in 3w
  featured | criteria.nice | featured
S3 retrospective: right metrics
  asked | retrospective | Right metrics?
S3 retrospective: thresholds
  false alarms, misses | retrospective | Too many false alarms? Anything critical missed?
S3 retrospective: sustainable
  2-3 h/week, burnout | retrospective | 2-3 hours a week, was anybody burned out
S3 retrospective: better decisions
  asked | retrospective | Better decisions?
  updated plan | documents | metrics added and removed, thresholds adjusted
"""

S4 = """
@credit-slo.yaml releases.reliability
S4: SLO tracking
  availability | credit-slo.yaml slos.availability.objective | 99.9
  p95 | credit-slo.yaml slos.latency-p95.words | 95% of customers are answered in less than 500 ms
  p99 | credit-slo.yaml slos.latency-p99.objective | 99
  error rate | credit-slo.yaml slos.errors.good | status!~"5.."
  authentication | credit-slo.yaml slos.authentication.good | auth_attempts_total
  external dependencies | credit-slo.yaml slos.dependencies.good | external_requests_total
  CloudWatch dashboards | checks.dashboards.words | CloudWatch dashboards
  alarms | checks.alarms.words | CloudWatch alarms
  where they go | credit-slo.yaml routes.cloudwatch.severity | P1
  warn at p95 > 500 ms | checks.latency-p95.yellow | > 500
  warn before its budget is gone | credit-slo.yaml slos.latency-p95.approaching | 75
  where it goes | credit-slo.yaml routes.budget.mention | @product
  daily | checkpoints.Daily check.cron | 0 9 * * *
  availability 99.9% | checks.availability.target | >= 99.9
  p95 < 500 ms | checks.latency-p95.target | < 500
  both then | checkpoints.Daily check.text | 99.9%, and p95 below 500 ms
S4: error budgets
  availability | checks.budget-availability.slo | availability
  p95 | checks.budget-latency-p95.slo | latency-p95
  p99 | checks.budget-latency-p99.slo | latency-p99
  errors | checks.budget-errors.slo | errors
  authentication | checks.budget-authentication.slo | authentication
  dependencies | checks.budget-dependencies.slo | dependencies
  fast consumption | report | burn-rate alerts of the SRE workbook, when `slos.*.burn` says nothing else
  where it goes | credit-slo.yaml routes.budget-burns.examples | P0
  stability first | credit-slo.yaml slos.availability.when_spent | Stability goes ahead of new features
  in the plan | red.do | Stability goes ahead of new features
S4: X-Ray, Container Insights
  X-Ray | checks.tracing.words | X-Ray
  Container Insights on | checks.insights.words | Container Insights is on for the ECS cluster
  CPU | checks.cpu.prometheus | aws_ecs_containerinsights_cpu_utilized_average
  memory | checks.memory.prometheus | aws_ecs_containerinsights_memory_utilized_average
S4: postmortems
  blameless, per incident | documents | Blameless postmortem of each incident
  root cause, impact, corrective actions | checks.postmortems.tick | Root cause, impact, corrective actions
  shared with the team | checks.postmortems.tick | shared with the whole team
  reviewed monthly | checkpoints.Monthly SLO review.checks | postmortems
  their text | later | postmortem drafts
S4: monthly and quarterly review
  monthly | checkpoints.Monthly SLO review.cron | 0 10 * * mon#1
  compliance | checkpoints.Monthly SLO review.checks | availability-month
  against budget consumption | checkpoints.Monthly SLO review.checks | budget-availability
  adjust when business changes | checkpoints.Monthly SLO review.asks | more users, new dependencies
  quarterly | checkpoints.Quarterly strategy review.at | 13w
  customer alignment | checkpoints.Quarterly strategy review.asks | aligned with what customers experience
  new signals | checkpoints.Quarterly strategy review.asks | stricter external scoring
S4: executive report
  monthly | checkpoints.Monthly executive report.cron | 0 15 * * mon#1
  availability | checkpoints.Monthly executive report.checks | availability-month
  latency | checkpoints.Monthly executive report.checks | latency-p95-month
  error rate | checkpoints.Monthly executive report.checks | error-rate-month
  budget consumed | checkpoints.Monthly executive report.checks | budget-errors
  business impact | checkpoints.Monthly executive report.asks | what did that mean for the business
  simple charts | checks.availability.chart | true
  PDF or PowerBI | documents | PDF or PowerBI, simple charts
  written by Sereno | later | the monthly report
  stakeholder meeting | checkpoints.Meeting with the stakeholders.cron | 0 16 * * tue#1
S4: words without technique
  p95 -> 95% of customers | checks.latency-p95-month.words | 95% of customers were answered in less than
  error rate -> of every 100 requests | checks.error-rate-month.words | of each 100 requests, failed
  99.95% -> customers could originate loans | checkpoints.Monthly executive report.text | almost without interruption
  in the SLO too | credit-slo.yaml slos.availability.words | Customers can originate loans
  whole sentences of them | later | the monthly report
"""
