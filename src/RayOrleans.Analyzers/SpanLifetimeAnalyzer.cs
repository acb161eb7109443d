using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace RayOrleans.Analyzers;

/// <summary>
/// Warns about spans over the object store's memory that outlive what keeps it there. It follows locals within one body, by their places in the text, and says
/// nothing where it does not know: parameters, fields and values from other methods are somebody else's to keep.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class SpanLifetimeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.Temporary, Rules.UnusedOwner, Rules.Disposed);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("RayOrleans.ObjectRef`1") is not null)
            {
                start.RegisterOperationBlockAction(static block =>
                {
                    foreach (IOperation body in block.OperationBlocks)
                    {
                        new BodyCheck(body, block.ReportDiagnostic).Run();
                    }
                });
            }
        });
    }
}
