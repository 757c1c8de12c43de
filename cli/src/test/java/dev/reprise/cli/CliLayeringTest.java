package dev.reprise.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.reprise.cli", importOptions = ImportOption.DoNotIncludeTests.class)
final class CliLayeringTest {
  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("dev.reprise.cli.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule NOTHING_DEPENDS_ON_THE_ENTRY_POINT =
      noClasses()
          .that()
          .resideInAPackage("dev.reprise.cli.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.reprise.cli");
}
