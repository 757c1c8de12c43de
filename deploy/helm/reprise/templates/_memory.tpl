{{/* Heap and memory, by the table in docs/OPERATIONS.md, "Memory and open files". acceptance/helm/check.py compares them. */}}

{{/* A quantity of memory in MiB, rounded down. */}}
{{- define "reprise.mebibytes" -}}
{{- $text := toString . }}
{{- $bytes := 0.0 }}
{{- $found := false }}
{{- range $suffix, $factor := dict "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 }}
{{- if hasSuffix $suffix $text }}
{{- $bytes = mulf (trimSuffix $suffix $text | float64) $factor }}
{{- $found = true }}
{{- end }}
{{- end }}
{{- if not $found }}{{ $bytes = float64 $text }}{{ end }}
{{- divf $bytes 1048576.0 | floor | int64 }}
{{- end }}

{{/* Heap in MiB. The launcher would derive it from the node's processors, which a container without a limit sees. */}}
{{- define "reprise.heap" -}}
{{- $values := index .root.Values .name }}
{{- $threads := int (default 0 $values.threads) }}
{{- if $values.heapMiB }}
{{- int $values.heapMiB }}
{{- else if eq .name "extractor" }}
{{- /* 16 MiB for an event of each partition, and three copies of each thread's own. */ -}}
{{- max 512 (add 256 (mul 16 (add (int .root.Values.topics.partitions) (mul 3 $threads)))) }}
{{- else if eq .name "inference" }}
{{- max 512 (add 256 (mul 16 $threads)) }}
{{- else }}
{{- 1024 }}
{{- end }}
{{- end }}

{{- define "reprise.checkMemory" -}}
{{- $values := index .root.Values .name }}
{{- $threads := int (default 0 $values.threads) }}
{{- $heap := int (include "reprise.heap" .) }}
{{- $other := get (dict "extractor" (add 256 (mul 152 $threads)) "inference" (add 384 (mul 16 $threads)) "api" 256) .name }}
{{- $limit := int (include "reprise.mebibytes" $values.resources.limits.memory) }}
{{- $needed := int (add $heap $other) }}
{{- if lt $limit $needed }}
{{- fail (printf "%s.resources.limits.memory is %d MiB, but a heap of %d MiB%s need%s %d MiB: raise it to %dMi." .name $limit $heap (ternary (printf " and %d threads" $threads) "" (gt $threads 0)) (ternary "" "s" (gt $threads 0)) $needed $needed) }}
{{- end }}
{{- end }}

{{/* Whole processors: the limit, else the request; at least 1. */}}
{{- define "reprise.processors" -}}
{{- $resources := .resources }}
{{- $cpu := toString (default 1 (default (dig "requests" "cpu" "" $resources) (dig "limits" "cpu" "" $resources))) }}
{{- if hasSuffix "m" $cpu }}
{{- max 1 (divf (trimSuffix "m" $cpu | float64) 1000.0 | ceil | int) }}
{{- else }}
{{- max 1 (float64 $cpu | ceil | int) }}
{{- end }}
{{- end }}

{{- define "reprise.javaOptions" -}}
{{- $values := index .root.Values .name -}}
-Xmx{{ include "reprise.heap" . }}m -XX:ActiveProcessorCount={{ include "reprise.processors" $values }}
{{- if eq .name "extractor" }} -Dorg.bytedeco.javacpp.cachedir=/tmp/javacpp{{ end }}
{{- with $values.javaOptions }} {{ . }}{{ end }}
{{- end }}
