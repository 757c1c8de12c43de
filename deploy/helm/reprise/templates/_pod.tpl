{{/* Volumes of a service that the data directory is not part of. */}}
{{- define "reprise.sourceVolumes" -}}
{{- if eq .name "extractor" }}
{{- range .root.Values.extractor.files }}
- name: files-{{ .name }}
  persistentVolumeClaim: {claimName: {{ .claimName }}, readOnly: true}
{{- end }}
{{- else if eq .name "inference" }}
{{- with .root.Values.inference.models.existingClaim }}
- name: models
  persistentVolumeClaim: {claimName: {{ . }}, readOnly: true}
{{- end }}
{{- end }}
{{- if ne .name "inference" }}
{{- with .root.Values.uploads.existingClaim }}
- name: spool
  persistentVolumeClaim: {claimName: {{ . }}}
{{- end }}
{{- end }}
{{- end }}

{{- define "reprise.sourceMounts" -}}
{{- if eq .name "extractor" }}
{{- range .root.Values.extractor.files }}
- name: files-{{ .name }}
  mountPath: {{ .mountPath }}
  readOnly: true
  {{- with .subPath }}
  subPath: {{ . }}
  {{- end }}
{{- end }}
{{- else if eq .name "inference" }}
{{- $models := .root.Values.inference.models }}
{{- if $models.existingClaim }}
- name: models
  mountPath: /models
  readOnly: true
  {{- with $models.subPath }}
  subPath: {{ . }}
  {{- end }}
{{- end }}
{{- end }}
{{- $uploads := .root.Values.uploads }}
{{- if and (ne .name "inference") $uploads.existingClaim }}
- name: spool
  mountPath: /var/spool/reprise
  {{- with $uploads.subPath }}
  subPath: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "reprise.topologySpread" -}}
{{- $constraints := (index .root.Values .name).topologySpreadConstraints }}
{{- if kindIs "slice" $constraints }}
{{- with $constraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- else }}
topologySpreadConstraints:
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ $key }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    nodeTaintsPolicy: Honor
    labelSelector:
      matchLabels:
        {{- include "reprise.selectorLabels" $ | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

{{/* Pod of a service. */}}
{{- define "reprise.pod" -}}
{{- $root := .root }}
{{- $values := index $root.Values .name }}
{{- $gpu := and (eq .name "inference") $root.Values.inference.gpu.enabled }}
{{- $port := include "reprise.metricsPort" . }}
{{- include "reprise.checkMemory" . }}
serviceAccountName: {{ include "reprise.serviceAccountName" . }}
automountServiceAccountToken: false
# Kubernetes would put REPRISE_..._PORT=tcp://... into the environment, for Services whose names begin with reprise.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ int $values.terminationGracePeriodSeconds }}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- if $gpu }}
{{- with $root.Values.inference.gpu.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- end }}
securityContext:
  {{- toYaml $root.Values.podSecurityContext | nindent 2 }}
containers:
  - name: {{ .name }}
    image: {{ include "reprise.image" . | quote }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    args: {{ include "reprise.arguments" . }}
    env:
      {{- include "reprise.env" . | trim | nindent 6 }}
    ports:
      - {name: metrics, containerPort: {{ $port }}, protocol: TCP}
      {{- if eq .name "api" }}
      - {name: http, containerPort: 8080, protocol: TCP}
      {{- end }}
    startupProbe:
      httpGet: {path: /health/live, port: metrics}
      {{- toYaml $root.Values.probes.startup | nindent 6 }}
    livenessProbe:
      httpGet: {path: /health/live, port: metrics}
      {{- toYaml $root.Values.probes.liveness | nindent 6 }}
    readinessProbe:
      httpGet: {path: /health/ready, port: metrics}
      {{- toYaml $root.Values.probes.readiness | nindent 6 }}
    resources:
      {{- $resources := deepCopy $values.resources }}
      {{- if $gpu }}
      {{- $_ := set $resources.limits $root.Values.inference.gpu.resourceName (int $root.Values.inference.gpu.count) }}
      {{- end }}
      {{- toYaml $resources | nindent 6 }}
    securityContext:
      {{- toYaml $root.Values.containerSecurityContext | nindent 6 }}
    volumeMounts:
      - {name: data, mountPath: /var/lib/reprise}
      - {name: tmp, mountPath: /tmp}
      {{- with include "reprise.kafkaMounts" $root | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "reprise.sourceMounts" . | trim }}
      {{- . | nindent 6 }}
      {{- end }}
volumes:
  - name: tmp
    emptyDir: {}
  {{- if eq .name "extractor" }}
  - name: data
    emptyDir: {sizeLimit: {{ $root.Values.extractor.spool.sizeLimit }}}
  {{- else if not $values.persistence.enabled }}
  - name: data
    emptyDir: {}
  {{- end }}
  {{- with include "reprise.kafkaVolumes" $root | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with include "reprise.sourceVolumes" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- $selector := $values.nodeSelector }}
{{- $tolerations := $values.tolerations }}
{{- if $gpu }}
{{- $selector = merge (dict) $root.Values.inference.gpu.nodeSelector $selector }}
{{- $tolerations = concat $tolerations $root.Values.inference.gpu.tolerations }}
{{- end }}
{{- with $selector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "reprise.topologySpread" . | trim }}
{{ . }}
{{- end }}
{{- end }}

{{/* Pod of a command that ends: (dict "root" $ "name" "topics" "args" (list "topics" "create")). */}}
{{- define "reprise.commandPod" -}}
{{- $root := .root }}
serviceAccountName: {{ include "reprise.componentName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
restartPolicy: Never
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml $root.Values.podSecurityContext | nindent 2 }}
containers:
  - name: {{ .name }}
    image: {{ include "reprise.image" . | quote }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    args: {{ toJson .args }}
    env:
      {{- include "reprise.kafkaEnv" $root | trim | nindent 6 }}
      {{- with include "reprise.clientSettings" $root.Values.kafka.clientSettings | trim }}
      {{- . | nindent 6 }}
      {{- end }}
      - name: REPRISE_JAVA_OPTS
        value: "-Dorg.bytedeco.javacpp.cachedir=/tmp/javacpp"
      {{- with .env }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    resources:
      {{- toYaml .resources | nindent 6 }}
    securityContext:
      {{- toYaml $root.Values.containerSecurityContext | nindent 6 }}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
      {{- with include "reprise.kafkaMounts" $root | trim }}
      {{- . | nindent 6 }}
      {{- end }}
volumes:
  - name: tmp
    emptyDir: {}
  {{- with include "reprise.kafkaVolumes" $root | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end }}
