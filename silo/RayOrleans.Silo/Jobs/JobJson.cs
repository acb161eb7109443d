using System.Text.Json.Serialization;

namespace RayOrleans.Silo.Jobs;

/// <summary>JSON of what this folder keeps and sends.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(SubmittedJob))]
[JsonSerializable(typeof(ProgramStart))]
internal sealed partial class JobJson : JsonSerializerContext;
