{{/* Whether KEDA needs credentials or a certificate. */}}
{{- define "reprise.kedaAuthentication" -}}
{{- if .Values.keda.authenticationRef }}true
{{- else if include "reprise.usesSasl" . }}true
{{- else if and (include "reprise.usesTls" .) (or .Values.kafka.truststore.existingSecret .Values.kafka.keystore.existingSecret) }}true
{{- end }}
{{- end }}

{{/* Trigger by the lag of a group on a topic: (dict "root" $ "group" ... "topic" ... "threshold" ...). */}}
{{- define "reprise.lagTrigger" -}}
{{- $values := .root.Values }}
{{- $own := $values.keda.authenticationRef }}
- type: {{ $values.keda.trigger }}
  metadata:
    bootstrapServers: {{ include "reprise.bootstrapServers" .root | quote }}
    consumerGroup: {{ .group | quote }}
    topic: {{ .topic | quote }}
    lagThreshold: {{ .threshold | int | quote }}
    # The first instance of a new group reads from the beginning, as Kafka Streams does.
    offsetResetPolicy: earliest
    # No more pods than partitions with records.
    allowIdleConsumers: "false"
    limitToPartitionsWithLag: "true"
    # Must stay off: a file that takes minutes keeps its offset, and would not count.
    excludePersistentLag: "false"
    {{- if eq $values.keda.trigger "kafka" }}
    version: {{ $values.keda.brokerVersion | quote }}
    {{- end }}
    {{- if include "reprise.usesTls" .root }}
    tls: enable
    {{- end }}
    {{- if include "reprise.usesSasl" .root }}
    {{- $mechanism := get (dict "PLAIN" "plaintext" "SCRAM-SHA-256" "scram_sha256" "SCRAM-SHA-512" "scram_sha512") $values.kafka.sasl.mechanism }}
    {{- if $mechanism }}
    sasl: {{ $mechanism }}
    {{- else if not $own }}
    {{- fail (printf "autoscaling does not support kafka.sasl.mechanism %s: name a TriggerAuthentication of your own in keda.authenticationRef." $values.kafka.sasl.mechanism) }}
    {{- end }}
    {{- end }}
  {{- if include "reprise.kedaAuthentication" .root }}
  authenticationRef:
    name: {{ default (printf "%s-kafka" (include "reprise.fullname" .root)) $own }}
  {{- end }}
{{- end }}
