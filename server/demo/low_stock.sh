# LEAST is the input "least"; /data holds the organization's files.
awk -F, -v least="$LEAST" '
  NR > 1 && $6 + 0 < least { if (count++ < 20) list = list (list ? ", " : "") "{\"name\": \"" $2 "\", \"stock\": " $6 "}" }
  END { printf "{\"count\": %d, \"products\": [%s]}\n", count, list }
' /data/products.csv
echo "looked at $(wc -l < /data/products.csv) lines" >&2
