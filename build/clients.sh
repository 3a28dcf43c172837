#!/bin/bash
# clients.sh [FOLDER]: generates the clients from the committed documents; where they belong, or into FOLDER to compare.
# C#: cli/LpmOs.Cli/Client/LpmOsClient.cs. TypeScript: openapi/typescript/{tasks,regional,boot}.ts.
set -euo pipefail
cd "$(dirname "$0")/.."
build/node-tools.sh
csharp=${1:-cli/LpmOs.Cli/Client}
typescript=${1:-openapi/typescript}
export npm_config_loglevel=error
for document in tasks regional boot; do
  openapi/node_modules/.bin/openapi-typescript openapi/$document.json --output "$typescript/$document.ts" > /dev/null
done
list=System.Collections.Generic.IReadOnlyList
openapi/node_modules/.bin/nswag openapi2csclient /runtime:Net100 /input:openapi/tasks.json "/output:$csharp/LpmOsClient.cs" \
  /namespace:LpmOs.Cli.Client /className:LpmOsClient /exceptionClass:LpmOsProblemException /operationGenerationMode:SingleClientFromOperationId \
  /jsonLibrary:SystemTextJson /generateNullableReferenceTypes:true /generateOptionalPropertiesAsNullable:true /generateOptionalParameters:true \
  /injectHttpClient:true /disposeHttpClient:false /useBaseUrl:false /generateDataAnnotations:false /dateTimeType:System.DateTimeOffset \
  /arrayType:$list /arrayInstanceType:System.Collections.Generic.List /responseArrayType:$list \
  /dictionaryType:System.Collections.Generic.IReadOnlyDictionary > /dev/null
# As the rest of the repository has it.
sed -i 's/\r$//; s/[ \t]*$//' "$csharp/LpmOsClient.cs"
