{{/* Environment of the services. Kubernetes expands $(NAME) to a variable that precedes. */}}

{{- define "reprise.env" -}}
{{- $root := .root }}
{{- $values := index $root.Values .name }}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
{{- include "reprise.kafkaEnv" $root }}
{{- if $root.Values.kafka.staticMembership.enabled }}
- name: REPRISE_KAFKA_GROUP_INSTANCE_ID
  value: $(POD_NAME)
- name: REPRISE_KAFKA_SESSION_TIMEOUT_MS
  value: {{ $root.Values.kafka.staticMembership.sessionTimeoutMs | int | quote }}
{{- end }}
{{- include "reprise.clientSettings" (merge (dict) $values.kafkaSettings $root.Values.kafka.clientSettings) }}
- name: REPRISE_APPLICATION_ID
  value: {{ $values.applicationId | quote }}
- name: REPRISE_DATA_DIR
  value: /var/lib/reprise
- name: REPRISE_HTTP_HOST
  value: 0.0.0.0
- name: REPRISE_HTTP_PORT
  value: {{ include "reprise.metricsPort" . | quote }}
{{- with $root.Values.metricsToken.existingSecret }}
- name: REPRISE_METRICS_TOKEN
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $root.Values.metricsToken.key }}}}
{{- end }}
- name: REPRISE_JAVA_OPTS
  value: {{ include "reprise.javaOptions" . | quote }}
{{ include (printf "reprise.%sEnv" .name) $root | trim }}
{{- with $values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
Arguments of a service. Its options are arguments rather than variables, because the command refuses those that it does not
know.
*/}}
{{- define "reprise.arguments" -}}
{{- $own := list "advertised-address" "allowed-host" "allowed-root" "api-host" "api-port" "application-id" "bearer-token"
    "bearer-token-file" "bootstrap-servers" "config" "cors-origin" "data-dir" "execution-provider" "http-host"
    "http-port" "metrics-token" "metrics-token-file" "model" "model-repository" "shadow-model" "spool" "threads"
    "tls-certificate" "tls-key" "topic-prefix" "topic-suffix" }}
{{- $arguments := list .name }}
{{- range $option, $value := (index .root.Values .name).options }}
{{- if has $option $own }}
{{- fail (printf "%s.options.%s: the chart sets this option from other values; see docs/KUBERNETES.md." $.name $option) }}
{{- end }}
{{- $arguments = append $arguments (printf "--%s=%s" $option $value) }}
{{- end }}
{{- toJson $arguments }}
{{- end }}

{{- define "reprise.extractorEnv" -}}
{{- $extractor := .Values.extractor -}}
- name: REPRISE_THREADS
  value: {{ $extractor.threads | int | quote }}
{{- if $extractor.files }}
{{- $roots := list }}
{{- range $extractor.files }}{{ $roots = append $roots .mountPath }}{{ end }}
- name: REPRISE_ALLOWED_ROOT
  value: {{ join "," $roots | quote }}
{{- end }}
{{- with $extractor.allowedHosts }}
- name: REPRISE_ALLOWED_HOST
  value: {{ join "," . | quote }}
{{- end }}
{{- if $extractor.s3.enabled }}
{{ include "reprise.s3Env" $extractor.s3 | trim }}
{{- end }}
{{- include "reprise.spoolEnv" . }}
{{- end }}

{{/* Credentials and place of the object store. */}}
{{- define "reprise.s3Env" -}}
{{- $s3 := . }}
{{- with $s3.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $s3.accessKeyIdKey }}}}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $s3.secretAccessKeyKey }}}}
{{- with $s3.sessionTokenKey }}
- name: AWS_SESSION_TOKEN
  valueFrom: {secretKeyRef: {name: {{ $s3.existingSecret }}, key: {{ . }}}}
{{- end }}
{{- end }}
{{- with $s3.region }}
- name: AWS_REGION
  value: {{ . | quote }}
{{- end }}
{{- with $s3.endpointUrl }}
- name: AWS_ENDPOINT_URL_S3
  value: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The spool of uploads, the same for API and extractor. */}}
{{- define "reprise.spoolEnv" -}}
{{- $uploads := .Values.uploads }}
{{- if and $uploads.existingClaim $uploads.bucket }}
{{- fail "uploads.existingClaim and uploads.bucket exclude each other." }}
{{- end }}
{{- if and $uploads.bucket (not .Values.extractor.s3.enabled) }}
{{- fail "uploads.bucket needs extractor.s3.enabled." }}
{{- end }}
{{- if or $uploads.existingClaim $uploads.bucket }}
- name: REPRISE_SPOOL
  value: {{ default "/var/spool/reprise" $uploads.bucket | quote }}
{{- end }}
{{- end }}

{{- define "reprise.inferenceEnv" -}}
{{- $inference := .Values.inference -}}
- name: REPRISE_THREADS
  value: {{ $inference.threads | int | quote }}
- name: REPRISE_MODEL
  value: {{ $inference.model | quote }}
{{- with $inference.shadowModel }}
- name: REPRISE_SHADOW_MODEL
  value: {{ . | quote }}
{{- end }}
{{- if $inference.models.existingClaim }}
- name: REPRISE_MODEL_REPOSITORY
  value: /models
{{- end }}
- name: REPRISE_EXECUTION_PROVIDER
  value: {{ ternary "cuda" "cpu" $inference.gpu.enabled }}
{{- end }}

{{- define "reprise.apiEnv" -}}
{{- $api := .Values.api -}}
- name: REPRISE_API_HOST
  value: 0.0.0.0
- name: REPRISE_API_PORT
  value: "8080"
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: REPRISE_ADVERTISED_ADDRESS
  value: $(POD_NAME).{{ include "reprise.headlessName" (dict "root" . "name" "api") }}.$(POD_NAMESPACE).svc:8080
{{- with $api.bearerToken.existingSecret }}
- name: REPRISE_BEARER_TOKEN
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $api.bearerToken.key }}}}
{{- end }}
{{- with include "reprise.corsOrigins" . }}
- name: REPRISE_CORS_ORIGIN
  value: {{ . | quote }}
{{- end }}
{{- if .Values.uploads.bucket }}
{{ include "reprise.s3Env" .Values.extractor.s3 | trim }}
{{- end }}
{{- include "reprise.spoolEnv" . }}
{{- end }}

{{/* Without a token the API refuses names that it does not know (docs/API.md, "Allowed hosts"). */}}
{{- define "reprise.corsOrigins" -}}
{{- $api := .Values.api }}
{{- $origins := $api.corsOrigins }}
{{- if not $api.bearerToken.existingSecret }}
{{- $service := include "reprise.componentName" (dict "root" . "name" "api") }}
{{- range $host := list $service (printf "%s.%s" $service .Release.Namespace) (printf "%s.%s.svc" $service .Release.Namespace) }}
{{- $origins = append $origins (printf "http://%s:%d" $host (int $api.service.port)) }}
{{- end }}
{{- if $api.ingress.enabled }}
{{- $origins = append $origins (printf "%s://%s" (ternary "https" "http" (not (empty $api.ingress.tlsSecret))) $api.ingress.host) }}
{{- end }}
{{- end }}
{{- uniq $origins | join "," }}
{{- end }}
