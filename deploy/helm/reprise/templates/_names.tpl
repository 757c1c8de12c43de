{{/* Names and labels. Services are called with (dict "root" $ "name" "extractor"). */}}

{{- define "reprise.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "reprise.componentName" -}}
{{ include "reprise.fullname" .root }}-{{ .name }}
{{- end }}

{{/* The headless Service, which names the pods. Clients of the API use another. */}}
{{- define "reprise.headlessName" -}}
{{ include "reprise.componentName" . }}{{ if eq .name "api" }}-instances{{ end }}
{{- end }}

{{- define "reprise.selectorLabels" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "reprise.labels" -}}
{{ include "reprise.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: reprise
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "reprise.serviceAccountName" -}}
{{- $account := (index .root.Values .name).serviceAccount }}
{{- if $account.create }}
{{- default (include "reprise.componentName" .) $account.name }}
{{- else }}
{{- default "default" $account.name }}
{{- end }}
{{- end }}

{{/* The ports of metrics and health checks, as in docs/METRICS.md. */}}
{{- define "reprise.metricsPort" -}}
{{ get (dict "extractor" "9404" "inference" "9405" "api" "9406") .name }}
{{- end }}

{{- define "reprise.image" -}}
{{- $image := .root.Values.image }}
{{- $tag := default .root.Chart.AppVersion $image.tag }}
{{- if and (eq .name "inference") .root.Values.inference.gpu.enabled }}
{{- $tag = default (printf "%s-gpu" $tag) $image.gpuTag }}
{{- end }}
{{- printf "%s:%s" $image.repository $tag }}
{{- end }}

{{- define "reprise.topic" -}}
{{ .root.Values.topics.prefix }}{{ .topic }}{{ .root.Values.topics.suffix }}
{{- end }}
