"""What the five documents of release teams ask for, line by line, and the place of a ready-made policy that carries it.

A line that begins a paragraph is a bullet of the checklist. Below it, each thing that the bullet lists:
`what | path | value`, where `path` is a place in the file and section named by the last line with @, or in another
file: `caro.yaml severities.P0`. Steps of a path go by key, by `name` in a list, or by number. Instead of a path:
`watch` is done by Sereno for each watch, `report` for each SLO; `later` is not there yet. Then `value` says what.
"""

COUNTS = {"S0": 14, "S1": 7, "S2": 11, "S3": 30, "S4": 7}

S0 = """
@aris3-sdk.yaml releases.aris3-sdk
S0 capability: 72h window from stable publication of a named version
  72h window | window | 72h
  from stable publication | match | action="released"
  of a named version | watch | it is started by the release of a tag, and carries its name
  technical stability | checks.init-failures.chart | true
  adoption | checks.adoption.target | rising
  downloads | checks.downloads.path | data.last_day
  baseline v1.1.0 | baseline | v1.1.0
S0 capability: T+0
  at T+0 | checkpoints.T+0.at | 0h
  sdist available | checks.sdist.value | sdist
  wheel available | checks.wheel.value | wheel
  looked at then | checkpoints.T+0.checks | sdist
  and the wheel | checkpoints.T+0.checks | wheel
  quick install smoke in a controlled environment | checks.install-smoke.words | controlled environment
  done then | checkpoints.T+0.checks | install-smoke
  no import or strict-config errors reported | checks.no-import-errors.words | strict-configuration errors
  asked then | checkpoints.T+0.checks | no-import-errors
S0 capability: T+24
  at T+24 | checkpoints.T+24.at | 24h
  failure rate by Python version | checks.init-failures-worst.prometheus | by (python)
  3.10 | checks.init-failures-py310.prometheus | python="3.10"
  3.11 | checks.init-failures-py311.prometheus | python="3.11"
  emphasis | checkpoints.T+24.text | above all 3.10 and 3.11
  terminal FAILED against READY | checks.failed-exports.prometheus | READY|FAILED
  p95 | checkpoints.T+24.checks | ready-p95
  p99 | checkpoints.T+24.checks | ready-p99
  no growth of aggressive retries | checks.retries.target | <= +0%
  from jitter settings | checks.retry-delay-p10.target | >= -0%
  asked then | checkpoints.T+24.asks | more aggressive than before
S0 capability: T+48
  at T+48 | checkpoints.T+48.at | 48h
  audit of incidents | checkpoints.T+48.text | Audit of the incidents of this release, open and closed
  open | checks.incidents-open.incidents | open
  opened | checks.incidents-opened.incidents | opened
  baseline comparison of config errors | checks.config-error-share.target | <= +0%
  of export resolution times | checks.ready-p95.yellow | > +30%
  of unexpected cache incidents | checks.cache-incidents.target | <= +0%
  all three then | checkpoints.T+48.text | Compared with $baseline
S0 capability: T+72
  at T+72 | checkpoints.T+72.at | 72h
  close window | checkpoints.T+72.text | The window closes
  keep as recommended or issue patch | checkpoints.T+72.asks | stay the recommended one, or do we issue a patch
  decided by what | criteria.must | init-failures <= 1.0
  publish the summary | documents | Post-release health summary
  its text | watch | the summary of a decided watch is posted in its thread
S0 metrics
  % sessions with successful import | checks.import-success.words | Sessions with a successful import
  % errors by dependency | checks.dependency-errors.unit | %
  % errors by config | checks.config-error-share.unit | %
  ConfigError count for missing ARIS3_API_BASE_URL | checks.config-errors.prometheus | variable="ARIS3_API_BASE_URL"
  READY p50 | checks.ready-p50.prometheus | histogram_quantile(0.50
  READY p95 | checks.ready-p95.prometheus | histogram_quantile(0.95
  READY p99 | checks.ready-p99.prometheus | histogram_quantile(0.99
  terminal FAILED rate | checks.failed-exports.unit | %
  mean retries per idempotent request | checks.retries.prometheus | idempotent="true"
  delay distribution with jitter, p10 | checks.retry-delay-p10.prometheus | jitter="on"
  p50 | checks.retry-delay-p50.prometheus | jitter="on"
  p95 | checks.retry-delay-p95.prometheus | jitter="on"
  tickets opened per 24h | checks.tickets.within | 24h
  counted at | checks.tickets.github | issues
  MTTR of associated incidents | checks.mttr.incidents | mttr
S0 thresholds: import/init failures > 1.0% in any 6h window
  limit, red | checks.init-failures.red | > 1.0
  in any 6h window | checks.init-failures.within | 6h
S0 thresholds: ConfigError > 5 per hour sustained 2h
  limit, yellow | checks.config-errors.yellow | > 5 for 2h
  per hour | checks.config-errors.within | 1h
S0 thresholds: terminal FAILED > 3% for 6h
  limit, red | checks.failed-exports.red | > 3 for 6h
S0 thresholds: READY p95 > +30% vs baseline
  limit, yellow | checks.ready-p95.yellow | > +30%
S0 thresholds: critical tickets (sev1/sev2) >= 2 in 24h
  limit, red | checks.tickets-critical.red | >= 2
  sev1/sev2 | checks.tickets-critical.match | (sev1|sev2)
  in 24h | checks.tickets-critical.within | 24h
S0 roles
  release owner | roles.release owner (SDK) | daily monitoring; decides on containment and rollback
  who may decide | aris3-sdk.yaml rights.decide | release-owner
  technical support | roles.technical support | triage of tickets; collects what is needed to reproduce
  support gets critical tickets | aris3-sdk.yaml routes.ticket-critical.mention | @support
  backend/API owner | roles.backend/API owner | correlation with the health of the API; mitigation
  gets the API's alerts | aris3-sdk.yaml routes.api-health.mention | @backend
S0 actions: yellow
  opens an incident | yellow.severity | P1
  follow-up every 4h | yellow.follow_up | 4h
  also for alerts | aris3-sdk.yaml severities.P1.remind_every | 4h
S0 actions: red
  critical | red.severity | P0
  war-room | red.do | War-room
  the room itself | later | war-rooms
  freeze dependent deployments | red.do | Freeze the deployments that depend on $version
  evaluate immediate rollback to v1.1.0 | red.do | Evaluate an immediate rollback to $baseline
  its steps | rollback | v1.1.0
"""

S1 = """
@aris3-sdk.yaml releases.sdk-observability
S1: T+0
  72h window | window | 72h
  main pipeline green | checks.pipeline.target | == 100
  of main | checks.pipeline.branch | main
  manual post-release smoke | checkpoints.T+0.checks | smoke-manual
  strict load_config | checks.strict-config.words | no fallback at run time for ARIS3_API_BASE_URL
  at T+0 | checkpoints.T+0.at | 0h
S1: T+24
  at T+24 | checkpoints.T+24.at | 24h
  accumulated CI pass rate | checkpoints.T+24.checks | ci-pass-rate
  network errors | checkpoints.T+24.checks | transport-errors
  first polling timeouts | checkpoints.T+24.checks | polling-timeouts
  no stale-cache incidents | checkpoints.T+24.asks | stale cache in the polling of exports
S1: T+48
  at T+48 | checkpoints.T+48.at | 48h
  flaky-test trend | checkpoints.T+48.asks | Are flaky tests becoming more or fewer
  repeat smoke | checkpoints.T+48.checks | smoke-repeated
  per-request cache guardrails in tests | checkpoints.T+48.checks | cache-bypassed
S1: T+72
  at T+72 | checkpoints.T+72.at | 72h
  consolidate final metrics | checkpoints.T+72.text | final metrics
  close or update incidents | checkpoints.T+72.asks | incidents closed or updated
  publish prioritised v1.1.1 backlog | checkpoints.T+72.asks | prioritised backlog for v1.1.1 published
  its text | watch | the backlog for the next version stands in the summary, most important first
S1: metric table
  metric, definition | checks.flaky-critical.words | they pass and fail without a change
  columns | documents | metric, definition, source, target, state
  state pending at first | watch | a check without a reading shows that there is no data yet
  CI pass rate >= 95% | checks.ci-pass-rate.target | >= 95
  GitHub Actions clients-python-sdk | checks.ci-pass-rate.workflow | clients-python-sdk
  and smoke | checks.smoke-pass-rate.target | >= 95
  flaky: 0 critical | checks.flaky-critical.target | == 0
  flaky: <= 2 others | checks.flaky-tests.target | <= 2
  re-run history | checks.flaky-tests.github | flaky
  TransportError per run, decreasing | checks.transport-errors.target | falling
  per run | checks.transport-errors.unit | per run
  none blocking | checks.transport-blocking.words | No network error blocks a run
  TimeoutError in wait_for_export_ready: 0 | checks.polling-timeouts.target | == 0
  unexpected ones | checks.polling-timeouts.prometheus | call="wait_for_export_ready"
  stale-cache incidents: 0 | checks.stale-cache.target | == 0
S1: evidence
  smoke: strict config | checks.strict-config.tick | raises ConfigError; the smoke's log shows it
  smoke: CREATED -> READY | checks.smoke-flow.words | CREATED -> READY
  smoke: GET cache outside polling | checks.smoke-cache.words | the cache of GET outside of polling
  manual workflow_dispatch | checks.smoke-manual.tick | workflow_dispatch
  JSON/log artefact | checks.smoke-artifact.words | artefact, JSON and log
  global enable_get_cache untouched | checks.cache-untouched.words | leaves the global `enable_get_cache`
  use_get_cache=False bypasses the cache | checks.cache-bypassed.words | `use_get_cache=False` neither reads nor writes
S1: incident table
  columns | documents | date (UTC), impact, root cause, fix applied, state
  updated during the window | checks.incidents-told.words | up to date
  explicit "no incidents" row | checks.incidents-told.tick | 'No incidents', N/A, closed
  each incident gets a row | yellow.do | Give it a row in the table of incidents
  no contracts broken | yellow.do | without breaking the contracts of the configuration or the cache
  the incidents with their states | watch | they stand on the card and in the summary of the watch
"""

S2 = """
@retail-deploy.yaml releases
S2 gates: hard gate, gates 1 to 3
  no staging success, no next phase | observability.checks.staging-passed.failed | red
  said at the gate | staging.checkpoints.Gate 1: staging success.gate.passed | without this gate nothing else begins
  gate 1: deployed | staging.checkpoints.Gate 1: staging success.checks | deployed
  48h | staging.checkpoints.Gate 1: staging success.at | 48h
  without critical issues | staging.checkpoints.Gate 1: staging success.checks | critical-incidents
  smoke passed | staging.checkpoints.Gate 1: staging success.checks | r6-trivy
  PASS continue | staging.checkpoints.Gate 1: staging success.gate.passed | Go on
  FAIL rollback, troubleshoot, retry | staging.checkpoints.Gate 1: staging success.gate.failed | Roll back, troubleshoot
  gate 2: 4 dashboards | observability.checkpoints.Gate 2: observability ready.text | 4 dashboards
  15 alerts | observability.checks.alert-rules.target | == 15
  central logs | observability.checkpoints.Gate 2: observability ready.checks | loki
  PASS production | observability.checkpoints.Gate 2: observability ready.gate.passed | Go on to production
  FAIL fix | observability.checkpoints.Gate 2: observability ready.gate.failed | Mend the monitoring
  gate 3: stable | production.checkpoints.Gate 3: production live.checks | services-down
  uptime >= 99.9% | production.checks.uptime.target | >= 99.9
  over 24h | production.checks.uptime.within | 24h
  zero critical incidents | production.checks.critical-incidents.target | == 0
  PASS phase 2 | production.checkpoints.Gate 3: production live.gate.passed | Go on to phase 2
  FAIL rollback and debug | production.checkpoints.Gate 3: production live.gate.failed | Roll back and debug
S2 gates: staging 48h watch
  48h | staging.window | 48h
  hour 0 deploy ok | staging.checkpoints.Hour 0: deployed.checks | deployed
  hour 6 logs, 0 critical | staging.checkpoints.Hour 6: logs.checks | log-critical
  hour 12 health | staging.checkpoints.Hour 12: health and memory.checks | health-ml
  hour 12 memory stable | staging.checkpoints.Hour 12: health and memory.checks | memory-growth
  hour 24 uptime 100% | staging.checks.uptime.target | == 100
  hour 24 no restarts | staging.checks.restarts.target | == 0
  both then | staging.checkpoints.Hour 24: uptime.at | 24h
  hour 36 logs, 0 critical | staging.checkpoints.Hour 36: logs.checks | log-critical
  hour 48 declared STABLE | staging.checkpoints.Gate 1: staging success.asks | Is staging STABLE
  logs every 4-6h | staging.checkpoints.Log review.every | 5h
  metrics every 6h | staging.checks.memory.every | 6h
  and | staging.checks.cpu.every | 6h
  health polling every 5 min: 8001 deposito | staging.checks.health-deposito.every | 5m
  8002 negocio | staging.checks.health-negocio.every | 5m
  8003 ml | staging.checks.health-ml.every | 5m
  8080 dashboard | staging.checks.health-dashboard.every | 5m
  asked at 8001 | staging.checks.health-deposito.http | http://staging.aidrive.internal:8001/health
  asked at 8002 | staging.checks.health-negocio.http | http://staging.aidrive.internal:8002/health
  asked at 8003 | staging.checks.health-ml.http | http://staging.aidrive.internal:8003/health
  asked at 8080 | staging.checks.health-dashboard.http | http://staging.aidrive.internal:8080/health
  wait 60 s after start | staging.checkpoints.Hour 0: deployed.text | Wait 60 s after the start
  7 services up | staging.checks.services-up.target | == 7
  all health 200 | staging.checkpoints.Hour 0: deployed.text | four health checks 200
  last 50 log lines without error/critical | staging.checks.log-lines.enter | --tail=50
S2 gates: production prerequisites
  staging stable 7+ days | production.checks.staging-stable.within | 7d
  zero critical issues | production.checks.staging-no-critical.target | == 0
  monitoring stack validated | production.checkpoints.Prerequisites.checks | stack-validated
  runbook complete | production.checkpoints.Prerequisites.checks | runbook-complete
  nothing is deployed otherwise | production.checkpoints.Prerequisites.gate.failed | Do not deploy
S2 gates: production
  pre-deploy backup | production.checks.backup.failed | red
  blue-green deploy | production.checks.blue-green.failed | red
  smoke | production.checkpoints.Deployed, smoke tests.checks | r1-non-root
  24h monitoring | production.window | 24h
  looked at | production.checkpoints.Production watch.every | 4h
  tag v0.10.0 | production.checks.tag.words | v0.10.0
  release notes published | production.checkpoints.Post-deployment review.checks | release-notes
  post-deployment review | production.checkpoints.Post-deployment review.at | 24h
  zero downtime | production.checks.zero-downtime.target | == 0
  postmortem documented | production.checks.postmortem.tick | PRODUCTION_DEPLOY_POSTMORTEM.md
S2 gates: smoke set
  R1 non-root containers | staging.checks.r1-non-root.tick | whoami
  R2 five unique JWT secrets | staging.checks.r2-jwt-secrets.tick | 5 lines, none of the values twice
  R3 OCR timeout <= 30 s giving 504 | staging.checks.r3-ocr-timeout.tick | 504 Gateway Timeout within 30 s
  R4 inflation rate from environment | staging.checks.r4-inflation.tick | only os.getenv
  R6 Trivy enforced in CI | staging.checks.r6-trivy.tick | exit-code: 1
  in production too | production.checks.r6-trivy.tick | exit-code: 1
  report + screenshots | staging.checks.smoke-report.words | reported, with screenshots
S2 alert rules: the fifteen
@retail-deploy.rules.yaml groups.retail-deploy
  group interval 30s | interval | 30s
  ServiceDown | rules.ServiceDown.expr | up == 0
  for 2m | rules.ServiceDown.for | 2m
  critical | rules.ServiceDown.labels.severity | critical
  HighErrorRate | rules.HighErrorRate.expr | > 0.05
  for 5m | rules.HighErrorRate.for | 5m
  critical | rules.HighErrorRate.labels.severity | critical
  HighLatencyP95 > 1 s | rules.HighLatencyP95.expr | > 1
  for 10m | rules.HighLatencyP95.for | 10m
  warning | rules.HighLatencyP95.labels.severity | warning
  container restarting, 15m rate > 0 | rules.ContainerRestarting.expr | rate(container_restarts_total[15m]) > 0
  for 5m | rules.ContainerRestarting.for | 5m
  warning | rules.ContainerRestarting.labels.severity | warning
  memory > 90% | rules.HighMemoryUsage.expr | > 0.9
  for 5m | rules.HighMemoryUsage.for | 5m
  warning | rules.HighMemoryUsage.labels.severity | warning
  disk | rules.DiskSpaceLow.expr | node_filesystem_avail_bytes
  disk soon | rules.DiskFullSoon.expr | predict_linear
  CPU | rules.HighCpuUsage.expr | node_cpu_seconds_total
  DB connections | rules.DatabaseConnectionsHigh.expr | pg_stat_database_numbackends
  PostgreSQL | rules.PostgresDown.expr | pg_up == 0
  Redis | rules.RedisDown.expr | redis_up == 0
  Redis' memory | rules.RedisMemoryHigh.expr | redis_memory_used_bytes
  JWT failures | rules.JwtFailuresHigh.expr | jwt_validation_failures_total
  OCR time-outs | rules.OcrTimeouts.expr | ocr_timeouts_total
  jobs | rules.MonitoringJobMissing.expr | < 8
@retail-deploy.yaml releases
  critical is P0 | retail-deploy.yaml severities.P0.label | critical
  warning is P1 | retail-deploy.yaml severities.P1.label | warning
  in production: error rate | production.checks.error-rate.red | > 5 for 5m
  latency | production.checks.latency-p95.yellow | > 1 for 10m
  down | production.checks.services-down.red | > 0 for 2m
  restarts | production.checks.restarts.yellow | > 0 for 5m
  memory | production.checks.memory.yellow | > 90 for 5m
  Alertmanager delivers to Slack and e-mail | observability.checks.alert-delivery.words | in Slack and by e-mail
  Sereno's own e-mail | retail-deploy.yaml severities.P0.mail | devops@aidrive.example
S2 alert rules: HighErrorRate is a ratio
  a ratio | retail-deploy.rules.yaml groups.retail-deploy.rules.HighErrorRate.expr | / sum by (job, environment)
  said so | retail-deploy.rules.yaml groups.retail-deploy.rules.HighErrorRate.annotations.summary | limit 5%
  in the plan too | production.checks.error-rate.unit | %
S2 stack
  Prometheus, 15s scrape | observability.checks.scrape-interval.target | <= 15.5
  30d retention | observability.checks.retention.tick | 30d
  8 jobs up | observability.checks.jobs-up.target | == 8
  node exporter | observability.checks.node-exporter.prometheus | job="node-exporter"
  postgres exporter | observability.checks.postgres-exporter.prometheus | job="postgres-exporter"
  redis exporter | observability.checks.redis-exporter.prometheus | job="redis-exporter"
  Grafana system | observability.checks.dashboard-system.tick | disk I/O, network I/O, restarts
  Grafana security | observability.checks.dashboard-security.tick | non-root violations (R1), drift
  Grafana business | observability.checks.dashboard-business.tick | the top 10 errors, invoices an hour
  Grafana ML | observability.checks.dashboard-ml.tick | errors of the stock prediction, uptime of the ML service
  Loki 30d + Promtail | observability.checks.loki-retention.words | Loki keeps 30 days, Promtail feeds it
  central logs of 7 services | observability.checks.loki.words | all 7 services
  Jaeger | observability.checks.tracing.words | Jaeger
  Sentry optional | observability.criteria.nice | sentry
  UptimeRobot-like monitor | observability.checks.uptime-monitor.words | asks the four services every 5 minutes
S2 rollback and people: steps
  stop | production.rollback | docker-compose -f docker-compose.production.yml down
  check out previous stable version (v0.9.0) | production.rollback | git checkout v0.9.0
  start | production.rollback | docker-compose.production.yml up -d
  restore DB from backup | production.rollback | Restore the database from the backup
  notify stakeholders | production.rollback | Notify the stakeholders
  of staging | staging.rollback | git checkout PREVIOUS_COMMIT
  MTTR target < 30 min | production.checks.mttr.target | < 30
S2 rollback and people: who
  owner DevOps + Ops | production.roles.owner | DevOps and Ops team
  responsible DevOps lead | production.owner | @devops-lead
  backup Ops team | retail-deploy.yaml severities.P0.escalate.0.mention | @ops-team
  escalation CTO | retail-deploy.yaml severities.P0.escalate.1.mention | @cto
  on-call rotation after production | production.roles.on call | the on-call rotation
  who is called | retail-deploy.yaml severities.P0.mention | @on-call
  channel #aidrive-deployment | retail-deploy.yaml channels.deployment | #aidrive-deployment
S2 rollback and people: documents
  smoke report | staging.documents | STAGING_SMOKE_TESTS_REPORT.md
  staging postmortem | staging.documents | STAGING_DEPLOYMENT_POSTMORTEM.md
  production postmortem | production.documents | PRODUCTION_DEPLOY_POSTMORTEM.md
  monitoring runbook | observability.documents | RUNBOOK_MONITORING_ETAPA3.md
  README update | staging.documents | README_DEPLOY_STAGING.md (update)
"""
